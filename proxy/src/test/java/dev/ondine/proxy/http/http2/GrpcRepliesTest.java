package dev.ondine.proxy.http.http2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.LocalReply;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.ResponseHead;
import dev.ondine.testkit.grpc.Echo;
import dev.ondine.testkit.http2.Frame;
import dev.ondine.testkit.http2.RawHttp2;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a client of grpc-java makes of the mesh's own answers, and of answers that break off. */
@Timeout(30) // a call that hangs; a deadline of its own would hide that
class GrpcRepliesTest {
  private static final Metadata.Key<String> REASON =
      Metadata.Key.of(LocalReply.REASON_HEADER, Metadata.ASCII_STRING_MARSHALLER);

  private static final Map<Reason, Status.Code> CODES = codes();

  private static Map<Reason, Status.Code> codes() {
    var codes = new EnumMap<Reason, Status.Code>(Reason.class);
    for (var reason : Reason.values()) {
      codes.put(
          reason,
          switch (reason) {
            case NO_SUCH_SERVICE, NO_ROUTE, NOT_IMPLEMENTED, VERSION_NOT_SUPPORTED ->
                Status.Code.UNIMPLEMENTED;
            case NOT_PERMITTED, PLAINTEXT_REFUSED -> Status.Code.PERMISSION_DENIED;
            case DISCOVERY_TIMEOUT,
                DISCOVERY_OVERFLOW,
                DISCOVERY_CAPACITY,
                NO_ENDPOINTS,
                UPSTREAM_CONNECT_FAILURE,
                TLS_FAILED,
                UPSTREAM_RESET,
                DRAINING,
                OVERLOAD ->
                Status.Code.UNAVAILABLE;
            case UPSTREAM_TIMEOUT, DEADLINE_EXCEEDED, REQUEST_TIMEOUT, IDLE_TIMEOUT ->
                Status.Code.DEADLINE_EXCEEDED;
            case HEADER_TOO_LARGE, URI_TOO_LONG, PAYLOAD_TOO_LARGE ->
                Status.Code.RESOURCE_EXHAUSTED;
            case UPSTREAM_PROTOCOL_ERROR, BAD_REQUEST, LOOP, INTERNAL -> Status.Code.INTERNAL;
            case EXPECTATION_FAILED -> Status.Code.UNKNOWN;
            case CLIENT_CLOSED -> Status.Code.CANCELLED;
          });
    }
    return codes;
  }

  /** How a call ends; a call that hangs ends the test. */
  private static StatusRuntimeException failureOf(HttpService service) throws Exception {
    try (var relay = Relay.to(service)) {
      var channel =
          NettyChannelBuilder.forAddress("127.0.0.1", relay.port()).usePlaintext().build();
      try {
        var answer =
            ClientCalls.blockingUnaryCall(channel, Echo.UNARY, CallOptions.DEFAULT, "hello");
        throw new AssertionError("was answered: " + answer);
      } catch (StatusRuntimeException e) {
        return e;
      } finally {
        channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void everyReasonHasAStatusAndAMessage(Reason reason) throws Exception {
    var failure =
        failureOf(exchange -> exchange.reply(LocalReply.of(reason, "grüße, 100% of \"it\"")));

    assertThat(failure.getStatus().getCode()).isEqualTo(CODES.get(reason));
    assertThat(failure.getStatus().getDescription())
        .isEqualTo(reason.text() + ": gr\\u00fc\\u00dfe, 100% of \"it\"");
    var trailers = failure.getTrailers();
    assertThat(trailers == null ? null : trailers.get(REASON)).isEqualTo(reason.text());
  }

  @ParameterizedTest
  @CsvSource({
    "application/grpc, true",
    "application/grpc+proto, true",
    "application/grpc+json, true",
    "application/grpc;charset=utf-8, true",
    "application/grpc-web, false",
    "application/grpc-web+proto, false",
    "application/grpcweb, false",
    "application/json, false",
  })
  void contentTypeDecides(String contentType, boolean grpc) throws IOException {
    try (var relay =
            Relay.to(exchange -> exchange.reply(LocalReply.of(Reason.NO_ENDPOINTS, "none")));
        var client = RawHttp2.connect(relay.port())) {
      client.headers(
          1,
          true,
          ":method",
          "POST",
          ":scheme",
          "http",
          ":path",
          "/a/B",
          ":authority",
          "test",
          "content-type",
          contentType);

      var head = client.readUntil(Frame.HEADERS).orElseThrow();
      var fields = fields(client, head);
      assertThat(fields.get(":status")).isEqualTo(grpc ? "200" : "503");
      assertThat(fields.get("grpc-status")).isEqualTo(grpc ? "14" : null);
      assertThat(head.has(Frame.END_STREAM)).isEqualTo(grpc); // trailers only: one frame
    }
  }

  private static Map<String, String> fields(RawHttp2 client, Frame head) throws IOException {
    try {
      return client.fields(head);
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "3", "5", "8", "10"})
  void answerThatBreaksOffIsNoSuccess(int sent) throws Exception {
    var message = new byte[] {0, 0, 0, 0, 5, 'h', 'e', 'l', 'l', 'o'};
    var failure =
        failureOf(
            exchange ->
                exchange.respond(
                    new ResponseHead(200, Headers.of("content-type", "application/grpc")),
                    new BreakingOff(List.of(Arrays.copyOf(message, sent)))));

    assertThat(failure.getStatus().getCode()).isIn(Status.Code.INTERNAL, Status.Code.UNAVAILABLE);
  }

  @Test
  void answerWithoutAStatusIsForTheClientToJudge() throws Exception {
    var failure =
        failureOf(
            exchange ->
                exchange.respond(
                    new ResponseHead(200, Headers.of("content-type", "application/grpc")),
                    BodyStream.empty()));

    assertThat(failure.getStatus().getCode()).isIn(Status.Code.INTERNAL, Status.Code.UNKNOWN);
    assertThat(failure.getStatus().getDescription()).contains("missing GRPC status");
  }

  @Test
  void failureBelowIsNoAnswer() throws Exception {
    var failure = failureOf(exchange -> exchange.fail(Failure.perhapsSent(Reason.INTERNAL, "x")));

    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
  }

  /** Pieces, and then a failure. */
  private static final class BreakingOff implements BodyStream {
    private final List<byte[]> pieces;
    private @Nullable Receiver receiver;
    private boolean over;

    BreakingOff(List<byte[]> pieces) {
      this.pieces = new ArrayList<>(pieces);
    }

    @Override
    public long length() {
      return UNKNOWN;
    }

    @Override
    public void subscribe(Receiver receiver) {
      this.receiver = receiver;
    }

    @Override
    public void request(long bytes) {
      var to = receiver;
      if (over || to == null) {
        return;
      }
      over = true;
      for (var piece : pieces) {
        if (piece.length > 0) {
          to.data(Bytes.of(new String(piece, ISO_8859_1)));
        }
      }
      to.failed(Failure.perhapsSent(Reason.UPSTREAM_RESET, "broken"));
    }

    @Override
    public void cancel() {
      over = true;
    }
  }
}
