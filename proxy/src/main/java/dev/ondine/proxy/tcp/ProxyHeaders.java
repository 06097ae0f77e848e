package dev.ondine.proxy.tcp;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.proxy.detect.ProxyHeader;
import dev.ondine.proxy.detect.ProxyHeader.Fault;
import dev.ondine.proxy.detect.ProxyHeaderReader;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.Cidr;
import dev.ondine.proxy.transport.DetectingAcceptor;
import dev.ondine.proxy.transport.FirstBytes;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the PROXY protocol's header off connections from proxies that are trusted to tell the truth
 * in it: from then on the client that it names counts as the peer.
 *
 * <p>Who is trusted must send one; without it the connection is closed, because a client could
 * otherwise leave it to chance whose address counts. Of all others it is payload like any.
 */
public final class ProxyHeaders {
  private static final Logger LOG = LoggerFactory.getLogger(ProxyHeaders.class);

  /** For the header, which a proxy sends at once. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final List<Cidr> trusted;
  private final Metrics.Counter headers;

  /**
   * @param trusted where such proxies are; none: nobody's header is looked at
   */
  public ProxyHeaders(List<Cidr> trusted, Metrics metrics) {
    this.trusted = List.copyOf(trusted);
    this.headers =
        metrics.counter(
            "ondine_proxy_protocol_headers_total",
            "Headers of the PROXY protocol from trusted proxies, and why some closed their"
                + " connection.",
            "direction",
            "result");
  }

  /** The same acceptor, for the connections inside. */
  public Acceptor before(Acceptor next) {
    if (trusted.isEmpty()) {
      return next;
    }
    var reading = new DetectingAcceptor(new Header(next), TIMEOUT, ProxyHeader.MAX_BYTES);
    return (connection, info) -> (isTrusted(info.peer()) ? reading : next).accept(connection, info);
  }

  private boolean isTrusted(SocketAddress peer) {
    return peer instanceof InetSocketAddress address
        && trusted.stream().anyMatch(cidr -> cidr.contains(address.getAddress()));
  }

  private void count(ConnectionInfo info, String result) {
    headers.with(info.direction().name().toLowerCase(Locale.ROOT), result).increment();
  }

  /** Takes the header's bytes away and goes on with the rest. */
  private final class Header implements FirstBytes {
    private final Acceptor next;

    Header(Acceptor next) {
      this.next = next;
    }

    @Override
    public @Nullable Acceptor choose(ConnectionInfo info, ByteBuffer start, boolean last) {
      return switch (ProxyHeaderReader.read(start)) {
        case ProxyHeader.Proxied(var client, var length) -> {
          count(info, "proxied");
          start.position(start.position() + length);
          yield (connection, _) -> next.accept(connection, info.withPeer(client));
        }
        case ProxyHeader.Own(var length) -> {
          count(info, "own");
          start.position(start.position() + length);
          yield next;
        }
        case ProxyHeader.Malformed(var fault) -> closing(info, fault);
        case ProxyHeader.NeedMore _ -> last ? closing(info, Fault.CUT_OFF) : null;
      };
    }

    private Acceptor closing(ConnectionInfo info, Fault fault) {
      count(info, fault.text());
      LOG.debug(
          "closed: {} is a trusted proxy, but its PROXY header is wrong: {}",
          info.peer(),
          fault.text());
      return (connection, _) -> connection.reset();
    }
  }
}
