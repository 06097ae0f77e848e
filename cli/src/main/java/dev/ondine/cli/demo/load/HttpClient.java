package dev.ondine.cli.demo.load;

import dev.ondine.base.time.Ticker;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sends GETs, over new connections or over kept ones. Safe for use by many threads. */
final class HttpClient {
  /** Below every server's own limit, so that a kept connection is not about to be closed. */
  private static final Duration KEPT_FOR = Duration.ofSeconds(2);

  private static final int MAX_KEPT = 64;

  private final Ticker ticker;
  private final Optional<InetSocketAddress> proxy;
  private final Map<String, Deque<Kept>> kept = new HashMap<>();

  private record Kept(Connection connection, long since) {}

  /**
   * @param proxy an HTTP proxy to send everything to, where connections are not redirected
   */
  HttpClient(Ticker ticker, Optional<InetSocketAddress> proxy) {
    this.ticker = ticker;
    this.proxy = proxy;
  }

  /** Looks the name up, connects, asks and disconnects. */
  Answer once(URI url) {
    return once(url, Optional.empty());
  }

  /** Asks a given address, whatever the name means. */
  Answer once(URI url, Optional<InetAddress> address) {
    var began = ticker.nanos();
    try (var connection = open(url, address)) {
      return answered(connection.get(url.getAuthority(), target(url)), began);
    } catch (IOException e) {
      return Answer.none(e, ticker.nanos() - began);
    }
  }

  /** Asks over a kept connection if there is one. */
  Answer again(URI url) {
    var began = ticker.nanos();
    @Nullable Connection connection = null;
    try {
      connection = take(url.getAuthority());
      if (connection == null) {
        connection = open(url, Optional.empty());
      }
      var answer = answered(connection.get(url.getAuthority(), target(url)), began);
      if (keep(url.getAuthority(), connection)) {
        connection = null;
      }
      return answer;
    } catch (IOException e) {
      return Answer.none(e, ticker.nanos() - began);
    } finally {
      if (connection != null) {
        connection.close();
      }
    }
  }

  private Answer answered(Connection.Response response, long began) {
    var body = response.body();
    return new Answer(
        response.status(),
        body.length() > 300 ? body.substring(0, 300) : body,
        "",
        ticker.nanos() - began);
  }

  /** A proxy is told the whole URL. */
  private String target(URI url) {
    return proxy.isPresent() ? url.toString() : url.getRawPath() + "?" + url.getRawQuery();
  }

  private Connection open(URI url, Optional<InetAddress> address) throws IOException {
    if (proxy.isPresent()) {
      return Connection.open(proxy.get());
    }
    var host = address.isPresent() ? address.get() : InetAddress.getByName(url.getHost());
    return Connection.open(new InetSocketAddress(host, url.getPort() < 0 ? 80 : url.getPort()));
  }

  private synchronized @Nullable Connection take(String authority) {
    var idle = kept.get(authority);
    while (idle != null && !idle.isEmpty()) {
      var candidate = idle.pop();
      if (ticker.nanos() - candidate.since() < KEPT_FOR.toNanos()) {
        return candidate.connection();
      }
      candidate.connection().close();
    }
    return null;
  }

  private synchronized boolean keep(String authority, Connection connection) {
    var idle = kept.computeIfAbsent(authority, _ -> new ArrayDeque<>());
    if (!connection.isReusable() || idle.size() == MAX_KEPT) {
      return false;
    }
    idle.push(new Kept(connection, ticker.nanos()));
    return true;
  }
}
