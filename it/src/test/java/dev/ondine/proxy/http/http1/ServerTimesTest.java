package dev.ondine.proxy.http.http1;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpTimes;
import dev.ondine.proxy.http.ResponseHead;
import dev.ondine.proxy.overload.Crowding;
import dev.ondine.proxy.overload.Shedding;
import dev.ondine.proxy.transport.EmbeddedConnection;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * When a client of the acceptor alone may take its time, by the defaults of {@link HttpTimes}; what
 * the times end is in {@code Http1TimesTest}.
 */
class ServerTimesTest {
  private static final InetSocketAddress NOWHERE = InetSocketAddress.createUnresolved("client", 1);
  private static final ConnectionInfo INFO =
      new ConnectionInfo(
          ConnectionInfo.Direction.INBOUND, NOWHERE, NOWHERE, Optional.empty(), Optional.empty());
  private static final long HOUR = 3_600;
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final String POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n";

  private final EmbeddedConnection client = new EmbeddedConnection();
  private final List<HttpExchange> exchanges = new ArrayList<>();

  private void http1() {
    http1(Shedding.OFF);
  }

  private void http1(Shedding shedding) {
    new Http1Acceptor(
            exchanges::add,
            Http1Settings.of(HttpTimes.DEFAULTS),
            () -> false,
            (_, _, _) -> {},
            shedding,
            new SplittableRandom(1))
        .accept(client.connection(), INFO);
  }

  private void send(String text) {
    var bytes = text.getBytes(US_ASCII);
    client.receive(bytes, 0, bytes.length);
    client.run();
  }

  private void answer() {
    exchanges.getLast().respond(new ResponseHead(200, Headers.of()), BodyStream.empty());
    client.run();
  }

  private String sent() {
    return new String(client.sent(), US_ASCII);
  }

  @Test
  void anIdleConnectionMakesRoomWhereThereAreTooMany() {
    http1(new Crowding(Shedding.OFF, () -> true));
    send(GET);
    answer();
    client.pass(9);
    assertThat(client.isOpen()).isTrue();
    assertThat(sent()).doesNotContain("connection: close");

    client.pass(3);

    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void aBodyThatNobodyAsksForMayWait() {
    http1();
    send(POST + "\r\nabc");

    client.pass(HOUR);

    assertThat(sent()).isEmpty();
    assertThat(client.isOpen()).isTrue();
  }

  @Test
  void aStreamOfMessagesMayPauseUntilItIsAnswered() {
    http1();
    send(POST + "Content-Type: application/grpc\r\n\r\n");
    exchanges.getFirst().requestBody().subscribe(new Ignoring());
    exchanges.getFirst().requestBody().request(1_000_000);
    client.pass(60);
    assertThat(client.isOpen()).isTrue();

    answer();
    client.pass(14);

    assertThat(client.isOpen()).isFalse();
  }

  @Test
  void whoWaitsForContinueIsNotTooSlow() {
    http1();
    send(POST + "Expect: 100-continue\r\n\r\n");
    exchanges.getFirst().requestBody().subscribe(new Ignoring());
    exchanges.getFirst().requestBody().request(1_000_000);
    client.pass(60);
    assertThat(sent()).isEmpty();

    exchanges.getFirst().inform(new ResponseHead(100, Headers.of()));
    client.pass(14);

    assertThat(sent()).startsWith("HTTP/1.1 100 ").contains("HTTP/1.1 408 ");
  }

  @Test
  void whoCannotBeToldToContinueIsNotExcused() {
    http1();
    send(POST.replace("HTTP/1.1", "HTTP/1.0") + "Expect: 100-continue\r\n\r\n");
    exchanges.getFirst().requestBody().subscribe(new Ignoring());
    exchanges.getFirst().requestBody().request(1_000_000);

    client.pass(14);

    assertThat(sent()).startsWith("HTTP/1.1 408 ");
  }

  /** Takes a body and drops it. */
  private static final class Ignoring implements BodyStream.Receiver {
    @Override
    public void data(Bytes bytes) {
      bytes.release();
    }

    @Override
    public void end(Headers trailers) {}

    @Override
    public void failed(Failure failure) {}
  }
}
