package dev.ondine.it.mesh;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ondine.testkit.grpc.Echo;
import dev.ondine.testkit.grpc.EchoServer;
import dev.ondine.testkit.http2.Frame;
import dev.ondine.testkit.http2.RawHttp2;
import io.grpc.CallOptions;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** gRPC through two sidecars when something goes wrong: the call ends, and is told why. */
@Timeout(60)
class GrpcTest {
  private static final Metadata.Key<String> TIMEOUT =
      Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER);
  private static final int CALLS = 30;
  private static final int INTERNAL_ERROR = 2;

  @TempDir Path folder;

  private MeshHarness mesh;
  private EchoServer server;
  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeEach
  void start() throws Exception {
    mesh = new MeshHarness(folder);
    server = EchoServer.start();
  }

  @AfterEach
  void stop() throws Exception {
    for (var part : opened.reversed()) {
      part.close();
    }
    mesh.close();
    server.close();
  }

  private void echo(String instance) throws IOException {
    mesh.workload("echo", instance, List.of("80:" + server.port() + "/grpc"));
  }

  private RawWorkload raw(String instance, RawWorkload.Script script) throws IOException {
    var workload = new RawWorkload(script);
    opened.add(workload);
    mesh.workload("echo", instance, List.of("80:" + workload.port() + "/grpc"));
    return workload;
  }

  private ManagedChannel channel(RunningSidecar caller) {
    var channel =
        NettyChannelBuilder.forAddress("127.0.0.1", caller.explicitPort())
            .overrideAuthority("echo")
            .usePlaintext()
            .build();
    opened.add(channel::shutdownNow);
    return channel;
  }

  private static String unary(ManagedChannel channel) {
    return ClientCalls.blockingUnaryCall(channel, Echo.UNARY, CallOptions.DEFAULT, "hello");
  }

  private static Status failure(Runnable call) {
    try {
      call.run();
      throw new AssertionError("was answered");
    } catch (StatusRuntimeException e) {
      return e.getStatus();
    }
  }

  @Test
  void refusedStreamsAreTriedElsewhereOnceEach() throws Exception {
    var refusing =
        raw(
            "echo-0",
            (connection, head) ->
                connection.sendInt(Frame.RST_STREAM, head.stream(), Frame.REFUSED_STREAM));
    echo("echo-1");
    var channel = channel(mesh.caller("web"));

    for (var i = 0; i < CALLS; i++) {
      assertThat(unary(channel)).isEqualTo("hello");
    }

    assertThat(refusing.requests()).isPositive();
    assertThat(server.calls()).hasSize(CALLS);
  }

  @Test
  void streamsAboveTheLastOneOfGoawayAreTriedElsewhereOnceEach() throws Exception {
    var leaving = raw("echo-0", (connection, head) -> connection.goAway(0, Frame.NO_ERROR));
    echo("echo-1");
    var channel = channel(mesh.caller("web"));

    for (var i = 0; i < CALLS; i++) {
      assertThat(unary(channel)).isEqualTo("hello");
    }

    assertThat(leaving.requests()).isPositive();
    assertThat(server.calls()).hasSize(CALLS);
  }

  @Test
  void callThatPerhapsHappenedIsNotRepeated() throws Exception {
    var resetting =
        raw(
            "echo-0",
            (connection, head) ->
                connection.sendInt(Frame.RST_STREAM, head.stream(), INTERNAL_ERROR));
    var channel = channel(mesh.caller("web"));

    for (var i = 0; i < 5; i++) {
      var status = failure(() -> unary(channel));
      assertThat(status.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
      assertThat(status.getDescription()).startsWith("upstream_reset: ");
    }

    assertThat(resetting.requests()).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource({"0", "4", "5", "10"})
  void connectionThatClosesInAnAnswerIsNoSuccess(int bytes) throws Exception {
    raw(
        "echo-0",
        (connection, head) -> {
          answerHead(connection, head);
          connection.send(Frame.DATA, 0, head.stream(), message(bytes)).close();
        });
    var channel = channel(mesh.caller("web"));

    assertThat(failure(() -> unary(channel)).getCode())
        .isIn(Status.Code.INTERNAL, Status.Code.UNAVAILABLE);
  }

  @Test
  void answerWithoutAStatusGoesToTheClientAsItIs() throws Exception {
    raw(
        "echo-0",
        (connection, head) -> {
          answerHead(connection, head);
          connection.send(Frame.DATA, Frame.END_STREAM, head.stream(), message(10));
        });
    var channel = channel(mesh.caller("web"));

    // What grpc-java says of an end without trailers when nobody stands in between.
    assertThat(failure(() -> unary(channel)).getDescription()).contains("unexpected EOS");
  }

  private static void answerHead(RawHttp2 connection, Frame head) throws IOException {
    connection.headers(head.stream(), false, ":status", "200", "content-type", "application/grpc");
  }

  /** The beginning of a message of five bytes. */
  private static byte[] message(int bytes) {
    return Arrays.copyOf(new byte[] {0, 0, 0, 0, 5, 'h', 'e', 'l', 'l', 'o'}, bytes);
  }

  @Test
  void clientThatClosesItsConnectionCancelsItsCalls() throws Exception {
    echo("echo-0");
    var channel = channel(mesh.caller("web"));
    var _ = ClientCalls.futureUnaryCall(channel.newCall(Echo.HANG, CallOptions.DEFAULT), "");
    assertThat(server.calls().poll(10, TimeUnit.SECONDS)).isEqualTo("Hang");

    channel.shutdownNow();

    assertThat(server.cancelled().poll(10, TimeUnit.SECONDS)).isEqualTo("Hang");
  }

  @Test
  void timeSpentInDiscoveryIsNotGivenToTheServerOnceMore() throws Exception {
    var caller = mesh.caller("web");
    echo("echo-0");
    mesh.stopControl();
    var channel = channel(caller);
    var deadline = Deadline.after(50, TimeUnit.SECONDS);
    var call =
        ClientCalls.futureUnaryCall(
            channel.newCall(Echo.UNARY, CallOptions.DEFAULT.withDeadline(deadline)), "hello");
    await().until(() -> caller.admin("/discovery").body().contains("echo"));

    mesh.restartControl();

    assertThat(call.get(40, TimeUnit.SECONDS)).isEqualTo("hello");
    var told = requireNonNull(server.headers().take().get(TIMEOUT));
    assertThat(told).endsWith("u");
    var left = TimeUnit.MICROSECONDS.toMillis(Long.parseLong(told, 0, told.length() - 1, 10));
    // What was left when the call arrived is a little more than what is left now.
    assertThat(left).isBetween(deadline.timeRemaining(TimeUnit.MILLISECONDS), 49_999L);
  }

  @Test
  void deadlineThatPassesInDiscoveryIsToldAtOnce() throws Exception {
    var caller = mesh.caller("web");
    mesh.stopControl();

    var answer = request(caller, "grpc-timeout", "100m");

    assertThat(answer.get("grpc-status")).isEqualTo("4");
    assertThat(answer.get("grpc-message")).startsWith("deadline_exceeded: ");
  }

  @ParameterizedTest
  @CsvSource({
    "0S, 4, deadline_exceeded",
    "1000000000H, 13, bad_request",
    "soon, 13, bad_request",
  })
  void timeoutThatCannotBeKeptIsRefused(String timeout, String status, String reason)
      throws Exception {
    echo("echo-0");

    var answer = request(mesh.caller("web"), "grpc-timeout", timeout);

    assertThat(answer.get("grpc-status")).isEqualTo(status);
    assertThat(answer.get("grpc-message")).startsWith(reason);
    assertThat(server.calls()).isEmpty();
  }

  @Test
  void timeoutOfCenturiesIsNone() throws Exception {
    echo("echo-0");

    var answer = request(mesh.caller("web"), "grpc-timeout", "99999999H");

    assertThat(server.calls().poll(10, TimeUnit.SECONDS)).isEqualTo("Unary");
    assertThat(answer.get(":status")).isEqualTo("200");
  }

  @Test
  void metadataBeyondTheLimitIsRefused() throws Exception {
    echo("echo-0");
    var caller = mesh.caller("web");

    try (var client = RawHttp2.connect(caller.explicitPort())) {
      var block = RawHttp2.block(head("x-big", "v".repeat(40_000)));
      send(client, block);
      var answer = client.fields(client.readUntil(Frame.HEADERS).orElseThrow());
      assertThat(answer.get(":status")).isEqualTo("431");
    }
    try (var client = RawHttp2.connect(caller.explicitPort())) {
      send(client, RawHttp2.block(head("x-big", "v".repeat(1 << 20))));
      // Answered, gone away or closed; silence would end the read with another exception.
      client.readUntil(frame -> frame.type() == Frame.GOAWAY || refusal(frame));
    } catch (SocketException _) {
      // Closed while we still sent.
    }
    assertThat(server.calls()).isEmpty();
  }

  private static boolean refusal(Frame frame) {
    return frame.type() == Frame.HEADERS || frame.type() == Frame.RST_STREAM;
  }

  /** A header block in as many frames as it takes. */
  private static void send(RawHttp2 client, byte[] block) throws IOException {
    var size = 16_384;
    for (var from = 0; from < block.length; from += size) {
      var to = Math.min(block.length, from + size);
      var end = to == block.length ? Frame.END_HEADERS : 0;
      var piece = Arrays.copyOfRange(block, from, to);
      client.send(
          from == 0 ? Frame.HEADERS : Frame.CONTINUATION,
          from == 0 ? end | Frame.END_STREAM : end,
          1,
          piece);
    }
  }

  @Test
  void malformedMessageIsForTheServerToJudge() throws Exception {
    echo("echo-0");

    var answer = request(mesh.caller("web"), new byte[] {(byte) 0xff, 0, 0, 0, 0});

    assertThat(answer.get("grpc-status")).isNotEqualTo("0");
  }

  @Test
  void messageBeyondTheServersLimitIsRefusedByIt() throws Exception {
    echo("echo-0");
    var channel = channel(mesh.caller("web"));
    var big = "x".repeat(5 << 20);

    var status =
        failure(() -> ClientCalls.blockingUnaryCall(channel, Echo.UNARY, CallOptions.DEFAULT, big));

    assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  @Test
  void messageBeyondTheClientsLimitCancelsTheCall() throws Exception {
    echo("echo-0");
    var channel = channel(mesh.caller("web"));
    var options = CallOptions.DEFAULT.withMaxInboundMessageSize(1_000);

    var status =
        failure(
            () -> ClientCalls.blockingUnaryCall(channel, Echo.UNARY, options, "x".repeat(100_000)));

    assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
  }

  private static String[] head(String... more) {
    var fields =
        new ArrayList<>(
            List.of(
                ":method",
                "POST",
                ":scheme",
                "http",
                ":path",
                "/" + Echo.UNARY.getFullMethodName(),
                ":authority",
                "echo",
                "te",
                "trailers",
                "content-type",
                "application/grpc"));
    fields.addAll(List.of(more));
    return fields.toArray(String[]::new);
  }

  /** The fields of the answer's head and trailers together; the request has one message. */
  private static Map<String, String> request(RunningSidecar caller, String... more)
      throws Exception {
    return request(caller, new byte[5], more);
  }

  private static Map<String, String> request(RunningSidecar caller, byte[] body, String... more)
      throws Exception {
    try (var client = RawHttp2.connect(caller.explicitPort())) {
      client.headers(1, false, head(more)).send(Frame.DATA, Frame.END_STREAM, 1, body);
      var answer = new HashMap<String, String>();
      Frame last;
      do {
        last = client.readUntil(Frame.HEADERS).orElseThrow();
        answer.putAll(client.fields(last));
      } while (!last.has(Frame.END_STREAM));
      return answer;
    }
  }
}
