package dev.ondine.testkit.xds;

import com.google.protobuf.Any;
import com.google.rpc.Status;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.envoyproxy.envoy.service.discovery.v3.ResourceError;
import io.envoyproxy.envoy.service.discovery.v3.ResourceName;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** The server's end of one delta stream. */
public final class FakeXdsStream {
  private final ServerCallStreamObserver<DeltaDiscoveryResponse> responses;
  private final Queue<DeltaDiscoveryRequest> requests = new ConcurrentLinkedQueue<>();
  private volatile boolean ended;
  private int nonce;

  FakeXdsStream(ServerCallStreamObserver<DeltaDiscoveryResponse> responses) {
    this.responses = responses;
    responses.setOnCancelHandler(() -> ended = true);
  }

  StreamObserver<DeltaDiscoveryRequest> requests() {
    return new StreamObserver<>() {
      @Override
      public void onNext(DeltaDiscoveryRequest request) {
        requests.add(request);
      }

      @Override
      public void onError(Throwable cause) {
        ended = true;
      }

      @Override
      public void onCompleted() {
        ended = true;
      }
    };
  }

  /** The next request, or null while there is none. */
  public @Nullable DeltaDiscoveryRequest pollRequest() {
    return requests.poll();
  }

  /** Whether the client has ended the stream, or its connection broke. */
  public boolean ended() {
    return ended;
  }

  /** A response of this type with the stream's next nonce, to be filled and sent. */
  public DeltaDiscoveryResponse.Builder response(String typeUrl) {
    return DeltaDiscoveryResponse.newBuilder()
        .setTypeUrl(typeUrl)
        .setNonce(Integer.toString(++nonce));
  }

  public void send(DeltaDiscoveryResponse.Builder response) {
    responses.onNext(response.build());
  }

  /** Gives one resource. */
  public void give(String name, String version, Any body, String... aliases) {
    send(response(body.getTypeUrl()).addResources(resource(name, version, body, aliases)));
  }

  /** Says that names do not exist. */
  public void remove(String typeUrl, String... names) {
    send(response(typeUrl).addAllRemovedResources(List.of(names)));
  }

  /** Says by {@code resource_errors} why a name cannot be had; the code is google.rpc.Code's. */
  public void refuse(String typeUrl, String name, int code, String reason) {
    send(
        response(typeUrl)
            .addResourceErrors(
                ResourceError.newBuilder()
                    .setResourceName(ResourceName.newBuilder().setName(name))
                    .setErrorDetail(Status.newBuilder().setCode(code).setMessage(reason))));
  }

  public static Resource resource(String name, String version, Any body, String... aliases) {
    return Resource.newBuilder()
        .setName(name)
        .setVersion(version)
        .addAllAliases(List.of(aliases))
        .setResource(body)
        .build();
  }

  /** Ends the stream with an error. */
  public void fail(io.grpc.Status status) {
    responses.onError(status.asRuntimeException());
  }

  /** Ends the stream in good order. */
  public void complete() {
    responses.onCompleted();
  }
}
