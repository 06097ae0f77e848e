package dev.ondine.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ondine.xds.transport.GrpcChannels;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Checks of real servers. */
class ReadyCheckTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final GrpcChannels channels = new GrpcChannels(0);

  @AfterEach
  void close() {
    channels.close();
  }

  @Test
  void aClosedPortDoesNotServe() throws Exception {
    InetSocketAddress free;
    try (var socket = new ServerSocket(0, 1, LOOPBACK)) {
      free = (InetSocketAddress) socket.getLocalSocketAddress();
    }

    for (var check : List.of("tcp", "http:/", "grpc")) {
      assertThat(ReadyCheck.parse(check).run(free, TIMEOUT, channels)).as(check).isPresent();
    }
  }

  @Test
  void anOpenPortServes() throws Exception {
    try (var socket = new ServerSocket(0, 1, LOOPBACK)) {
      assertThat(run("tcp", socket)).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1 200 OK, true",
    "HTTP/1.0 302 Found, true",
    "HTTP/1.1 404 Not Found, false",
    "HTTP/1.1 503 Service Unavailable, false",
    "SSH-2.0-OpenSSH_9, false"
  })
  void anHttpAnswerCountsByItsStatus(String line, boolean serves) throws Exception {
    try (var socket = new ServerSocket(0, 1, LOOPBACK)) {
      var server = Thread.ofVirtual().start(() -> answer(socket, line));

      var problem = run("http:/healthz?deep=1", socket);

      assertThat(problem.isEmpty()).as(problem.toString()).isEqualTo(serves);
      server.join();
    }
  }

  private static void answer(ServerSocket socket, String line) {
    try (var connection = socket.accept()) {
      var request =
          new String(connection.getInputStream().readNBytes(35), StandardCharsets.US_ASCII);
      var answer = request.startsWith("GET /healthz?deep=1 HTTP/1.1\r\n") ? line : "HTTP/1.1 400";
      connection.getOutputStream().write((answer + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void grpcServesWhenItsHealthSaysSo() throws Exception {
    assertThat(grpc(health(1))).isEmpty();
    assertThat(grpc(health(2))).hasValueSatisfying(why -> assertThat(why).contains("SERVING"));
  }

  @Test
  void aGrpcServerWithoutHealthIsToldHowToBeChecked() throws Exception {
    var none = ServerServiceDefinition.builder("some.Other").build();

    assertThat(grpc(() -> none)).hasValueSatisfying(why -> assertThat(why).contains("--ready tcp"));
  }

  @Test
  void whatIsNoCheckIsRefused() {
    for (var text : List.of("udp", "http:", "http:x", "http:/a b", "")) {
      assertThatThrownBy(() -> ReadyCheck.parse(text))
          .hasMessage("'" + text + "' is not tcp, http:/PATH or grpc");
    }
  }

  private Optional<String> run(String check, ServerSocket socket) {
    return ReadyCheck.parse(check)
        .run((InetSocketAddress) socket.getLocalSocketAddress(), TIMEOUT, channels);
  }

  private Optional<String> grpc(BindableService service) throws Exception {
    var address = new InetSocketAddress(LOOPBACK, 0);
    Server server = NettyServerBuilder.forAddress(address).addService(service).build().start();
    try {
      var at = new InetSocketAddress(LOOPBACK, server.getPort());
      return ReadyCheck.parse("grpc").run(at, TIMEOUT, channels);
    } finally {
      server.shutdownNow().awaitTermination();
    }
  }

  /** The health service of another implementation, as bytes: status 1 is SERVING. */
  private static BindableService health(int status) {
    var raw =
        new MethodDescriptor.Marshaller<byte[]>() {
          @Override
          public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
          }

          @Override
          public byte[] parse(InputStream stream) {
            return new byte[0];
          }
        };
    var check =
        MethodDescriptor.<byte[], byte[]>newBuilder()
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName("grpc.health.v1.Health/Check")
            .setRequestMarshaller(raw)
            .setResponseMarshaller(raw)
            .build();
    return () ->
        ServerServiceDefinition.builder("grpc.health.v1.Health")
            .addMethod(
                check,
                ServerCalls.asyncUnaryCall(
                    (request, answer) -> {
                      answer.onNext(new byte[] {8, (byte) status});
                      answer.onCompleted();
                    }))
            .build();
  }
}
