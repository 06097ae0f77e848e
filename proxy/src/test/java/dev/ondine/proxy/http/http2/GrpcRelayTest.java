package dev.ondine.proxy.http.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.util.concurrent.MoreExecutors;
import dev.ondine.testkit.grpc.Echo;
import dev.ondine.testkit.grpc.EchoServer;
import io.grpc.CallOptions;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A gRPC client and server of the grpc-java project with our two ends of HTTP/2 between them. */
class GrpcRelayTest {
  private EchoServer server;
  private Relay relay;
  private ManagedChannel channel;

  @BeforeEach
  void start() throws IOException {
    server = EchoServer.start();
    relay = Relay.to(server.port());
    channel = NettyChannelBuilder.forAddress("127.0.0.1", relay.port()).usePlaintext().build();
  }

  @AfterEach
  void stop() throws InterruptedException {
    channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    relay.close();
    server.close();
  }

  private String unary(String text) {
    return ClientCalls.blockingUnaryCall(channel, Echo.UNARY, CallOptions.DEFAULT, text);
  }

  @Test
  void unaryCallsPass() {
    assertThat(unary("one")).isEqualTo("one");
    assertThat(unary("two")).isEqualTo("two");
  }

  @Test
  void emptyMessagesPass() {
    assertThat(unary("")).isEmpty();
  }

  @Test
  void messagesBeyondTheWindowPassBothWays() {
    var big = "0123456789abcdef".repeat(200_000); // 3.2 MB

    assertThat(unary(big)).isEqualTo(big);
  }

  @Test
  void trailersPass() {
    var headers = new AtomicReference<Metadata>();
    var trailers = new AtomicReference<Metadata>();
    var capturing =
        ClientInterceptors.intercept(
            channel, MetadataUtils.newCaptureMetadataInterceptor(headers, trailers));

    ClientCalls.blockingUnaryCall(capturing, Echo.UNARY, CallOptions.DEFAULT, "x");

    assertThat(trailers.get().get(EchoServer.TRAILER)).isEqualTo("end of Unary");
  }

  @Test
  void failuresPassWithStatusAndMessage() {
    assertThatThrownBy(
            () ->
                ClientCalls.blockingUnaryCall(
                    channel, Echo.FAIL, CallOptions.DEFAULT, "FAILED_PRECONDITION"))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
              assertThat(e.getStatus().getDescription()).isEqualTo("as asked: é");
            });
  }

  @Test
  void serverStreamsPass() {
    var answers =
        ClientCalls.blockingServerStreamingCall(channel, Echo.COUNT, CallOptions.DEFAULT, "20000");

    var count = 0;
    while (answers.hasNext()) {
      assertThat(answers.next()).isEqualTo(Integer.toString(count++));
    }
    assertThat(count).isEqualTo(20_000);
  }

  @Test
  void clientStreamsPass() throws InterruptedException {
    var answers = new Answers();
    var requests =
        ClientCalls.asyncClientStreamingCall(
            channel.newCall(Echo.JOIN, CallOptions.DEFAULT), answers);
    for (var i = 0; i < 1_000; i++) {
      requests.onNext("m" + i);
    }
    requests.onCompleted();

    assertThat(answers.next()).startsWith("m0 m1 m2 ").endsWith(" m999");
    assertThat(answers.next()).isEqualTo("end");
  }

  @Test
  void conversationsPassMessageByMessage() throws InterruptedException {
    var answers = new Answers();
    var requests =
        ClientCalls.asyncBidiStreamingCall(
            channel.newCall(Echo.TALK, CallOptions.DEFAULT), answers);

    for (var i = 0; i < 50; i++) {
      requests.onNext("m" + i);
      assertThat(answers.next()).isEqualTo("m" + i); // before the next one is sent
    }
    requests.onCompleted();
    assertThat(answers.next()).isEqualTo("end");
  }

  @Test
  void cancellationReachesTheServer() throws InterruptedException {
    var call = ClientCalls.futureUnaryCall(channel.newCall(Echo.HANG, CallOptions.DEFAULT), "");
    assertThat(server.calls().poll(5, TimeUnit.SECONDS)).isEqualTo("Hang");

    call.cancel(true);

    assertThat(server.cancelled().poll(5, TimeUnit.SECONDS)).isEqualTo("Hang");
  }

  @Test
  void deadlinePassesToTheServer() throws InterruptedException {
    var options = CallOptions.DEFAULT.withDeadlineAfter(300, TimeUnit.MILLISECONDS);

    assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel, Echo.HANG, options, ""))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
    assertThat(server.cancelled().poll(5, TimeUnit.SECONDS)).isEqualTo("Hang");
  }

  @Test
  void serverThatRestartsIsConnectedToAnew() throws InterruptedException {
    unary("before");
    server.shutdown(); // GOAWAY, then the port is closed

    assertThatThrownBy(
            () -> {
              while (true) {
                unary("while it is gone"); // at first the old connection may still be open
              }
            })
        .isInstanceOf(StatusRuntimeException.class);
  }

  @Test
  void manyCallsAtOnceShareConnections() throws Exception {
    var done = new LinkedBlockingQueue<String>();
    for (var i = 0; i < 500; i++) {
      var text = "call " + i;
      var call =
          ClientCalls.futureUnaryCall(channel.newCall(Echo.UNARY, CallOptions.DEFAULT), text);
      call.addListener(() -> done.add(text), MoreExecutors.directExecutor());
    }

    for (var i = 0; i < 500; i++) {
      assertThat(done.poll(10, TimeUnit.SECONDS)).isNotNull();
    }
    var calls = new ArrayList<String>();
    server.calls().drainTo(calls);
    assertThat(calls).hasSize(500);
  }

  /** What a call brings, message by message. */
  private static final class Answers implements StreamObserver<String> {
    private final BlockingQueue<String> got = new LinkedBlockingQueue<>();

    String next() throws InterruptedException {
      return got.poll(5, TimeUnit.SECONDS);
    }

    @Override
    public void onNext(String value) {
      got.add(value);
    }

    @Override
    public void onError(Throwable t) {
      got.add("failed: " + t.getMessage());
    }

    @Override
    public void onCompleted() {
      got.add("end");
    }
  }
}
