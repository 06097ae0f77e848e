package dev.ondine.proxy.stack;

import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpLayer;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.LocalReply;
import java.net.InetSocketAddress;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * Adds what every hop adds to a request: an id where there is none, and from whom it came.
 *
 * <p>The caller's and the callee's sidecar are one hop: the second does not repeat the first. Takes
 * off what only sidecars say to each other, in answers.
 */
final class RequestHeaders implements HttpLayer {
  private static final String FORWARDED_CERT = "x-forwarded-client-cert";
  private static final HexFormat HEX = HexFormat.of();

  private final RandomGenerator random;

  /**
   * Makes the layer of one loop.
   *
   * @param random confined to that loop
   */
  RequestHeaders(RandomGenerator random) {
    this.random = random;
  }

  @Override
  public HttpService around(HttpService next) {
    return exchange -> {
      var headers = exchange.request().headers();
      headers.remove(LocalReply.NOT_SENT_HEADER);
      headers.remove(LocalReply.REASON_HEADER);
      headers.remove(FORWARDED_CERT); // nobody but this sidecar says who the caller is
      exchange
          .connection()
          .tls()
          .flatMap(ConnectionInfo.Tls::forwardedCert)
          .ifPresent(proven -> headers.add(FORWARDED_CERT, proven));
      if (!headers.contains("x-request-id")) {
        headers.add("x-request-id", uuid());
      }
      if (!headers.contains("x-forwarded-proto")) {
        headers.add("x-forwarded-proto", exchange.request().scheme());
      }
      forwardedFor(exchange);
      next.serve(exchange);
    };
  }

  private static void forwardedFor(HttpExchange exchange) {
    if (!(exchange.connection().peer() instanceof InetSocketAddress peer)) {
      return;
    }
    var address = peer.getAddress().getHostAddress();
    var headers = exchange.request().headers();
    var before = headers.get("x-forwarded-for");
    if (before == null) {
      headers.add("x-forwarded-for", address);
      return;
    }
    var all = String.join(", ", headers.all("x-forwarded-for"));
    if (!all.equals(address) && !all.endsWith(" " + address) && !all.endsWith("," + address)) {
      headers.set("x-forwarded-for", all + ", " + address);
    }
  }

  /** Version 4 of RFC 9562. */
  private String uuid() {
    var high = (random.nextLong() & 0xffffffffffff0fffL) | 0x4000;
    var low = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
    var digits = HEX.toHexDigits(high) + HEX.toHexDigits(low);
    return digits.substring(0, 8)
        + '-'
        + digits.substring(8, 12)
        + '-'
        + digits.substring(12, 16)
        + '-'
        + digits.substring(16, 20)
        + '-'
        + digits.substring(20);
  }
}
