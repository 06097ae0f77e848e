package dev.ondine.it.system.identity;

import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.ondine.proto.v1.LeaseStatus;
import dev.ondine.proto.v1.SignRequest;
import dev.ondine.proto.v1.WorkloadIdentityGrpc;
import dev.ondine.proto.v1.WorkloadRegistrationGrpc;
import dev.ondine.proto.v1.WorkloadStatus;
import dev.ondine.testkit.tls.TestAuthority.Issued;
import dev.ondine.xds.codec.ResourceType;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/** Somebody who talks to control with a certificate, or without, and says what he is answered. */
final class ControlClient implements AutoCloseable {
  private static final int SECONDS = 10;

  private final ManagedChannel channel;

  ControlClient(int port, Optional<Issued> shown) throws SSLException {
    var builder =
        GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
            .protocols("TLSv1.3")
            .trustManager(Shown.anybody());
    shown.ifPresent(own -> builder.keyManager(Shown.keys(own)));
    channel =
        NettyChannelBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .overrideAuthority("control")
            .sslContext(builder.build())
            .build();
  }

  // ---- discovery --------------------------------------------------------------------------------

  /**
   * How a question for a resource is answered: {@code OK}, with how many there were, or why not.
   */
  String ask(String node, String namespace, ResourceType type, String resource)
      throws InterruptedException {
    var answers = new ArrayBlockingQueue<String>(8);
    var requests =
        AggregatedDiscoveryServiceGrpc.newStub(channel)
            .deltaAggregatedResources(
                ControlClient.<DeltaDiscoveryResponse>first(
                    answers, answer -> "OK " + answer.getResourcesCount()));
    var metadata =
        Struct.newBuilder()
            .putFields("NAMESPACE", Value.newBuilder().setStringValue(namespace).build());
    requests.onNext(
        DeltaDiscoveryRequest.newBuilder()
            .setNode(Node.newBuilder().setId(node).setMetadata(metadata).setUserAgentName("ondine"))
            .setTypeUrl(type.url())
            .addResourceNamesSubscribe(resource)
            .build());
    try {
      return answer(answers);
    } finally {
      requests.onError(Status.CANCELLED.asRuntimeException());
    }
  }

  /** How it is answered that registers this. */
  String register(String namespace, String service, String account) throws InterruptedException {
    var answers = new ArrayBlockingQueue<String>(8);
    var requests =
        WorkloadRegistrationGrpc.newStub(channel)
            .attach(
                ControlClient.<LeaseStatus>first(
                    answers, lease -> lease.getError().isEmpty() ? "OK" : "refused"));
    requests.onNext(
        WorkloadStatus.newBuilder()
            .setInstance(service + "-0")
            .setNamespace(namespace)
            .setService(service)
            .setServiceAccount(account)
            .setAddress("127.0.0.1")
            .setState(WorkloadStatus.State.READY)
            .build());
    try {
      return answer(answers);
    } finally {
      requests.onError(Status.CANCELLED.asRuntimeException());
    }
  }

  private static String answer(ArrayBlockingQueue<String> answers) throws InterruptedException {
    var answer = answers.poll(SECONDS, TimeUnit.SECONDS);
    return answer == null ? "no answer" : answer;
  }

  private static <T> StreamObserver<T> first(
      ArrayBlockingQueue<String> answers, java.util.function.Function<T, String> text) {
    return new StreamObserver<>() {
      @Override
      public void onNext(T answer) {
        var _ = answers.offer(text.apply(answer));
      }

      @Override
      public void onError(Throwable failure) {
        var _ = answers.offer(Status.fromThrowable(failure).getCode().name());
      }

      @Override
      public void onCompleted() {
        var _ = answers.offer("ended");
      }
    };
  }

  // ---- certificates -----------------------------------------------------------------------------

  /** How a signing request is answered: {@code OK} or the status. */
  String sign(String namespace, String account, byte[] csr, Consumer<SignRequest.Builder> proof) {
    var request =
        SignRequest.newBuilder()
            .setNamespace(namespace)
            .setServiceAccount(account)
            .setCsr(ByteString.copyFrom(csr));
    proof.accept(request);
    try {
      var answer =
          WorkloadIdentityGrpc.newBlockingStub(channel)
              .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
              .sign(request.build());
      return answer.getChainCount() >= 2 ? "OK" : "no chain";
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode().name();
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
  }
}
