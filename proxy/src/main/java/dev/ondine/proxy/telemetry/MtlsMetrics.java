package dev.ondine.proxy.telemetry;

import static java.util.Objects.requireNonNull;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.base.time.Ticker;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.tls.MeshHandshakes;
import dev.ondine.proxy.tls.TlsFailure;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts handshakes between sidecars by how they ended, and tells of failures now and then. */
public final class MtlsMetrics implements MeshHandshakes {
  private static final Logger LOG = LoggerFactory.getLogger(MtlsMetrics.class);

  /** Between two lines for the same reason: whoever fails mostly goes on failing. */
  private static final Duration QUIET = Duration.ofSeconds(10);

  private final Metrics.Counter handshakes;
  private final Ticker ticker;
  private final Map<TlsFailure, AtomicLong> nextLine = new EnumMap<>(TlsFailure.class);

  /** Registers the counter. */
  public MtlsMetrics(Metrics metrics, Ticker ticker) {
    this.ticker = ticker;
    var now = ticker.nanos();
    for (var failure : TlsFailure.values()) {
      nextLine.put(failure, new AtomicLong(now));
    }
    handshakes =
        metrics.counter(
            "ondine_mtls_handshakes_total",
            "Handshakes between sidecars that are over.",
            "direction",
            "outcome");
  }

  @Override
  public void completed(Direction direction) {
    count(direction, "completed");
  }

  @Override
  public void failed(Direction direction, SocketAddress peer, TlsFailure failure, String detail) {
    count(direction, failure.text());
    var now = ticker.nanos();
    var next = requireNonNull(nextLine.get(failure));
    var due = next.get();
    if (now - due >= 0 && next.compareAndSet(due, now + QUIET.toNanos())) {
      LOG.warn("no mutual TLS {} {}: {}: {}", word(direction), peer, failure.text(), detail);
    } else {
      LOG.debug("no mutual TLS {} {}: {}: {}", word(direction), peer, failure.text(), detail);
    }
  }

  private void count(Direction direction, String outcome) {
    handshakes.with(direction.name().toLowerCase(Locale.ROOT), outcome).increment();
  }

  private static String word(Direction direction) {
    return direction == Direction.INBOUND ? "from" : "to";
  }
}
