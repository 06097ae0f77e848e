package dev.ondine.proxy.tcp;

import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.telemetry.AccessLog;
import dev.ondine.proxy.telemetry.TcpMetrics;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.RelaySettings;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All connections that are relayed, or on their way to it, on all loops: counts them, logs each at
 * its end, and ends them after a drain.
 */
public final class Sessions {
  private final AccessLog accessLog;
  private final TcpMetrics metrics;
  private final RelaySettings relaySettings;

  // Written when connections come and go, not by their bytes.
  private final Set<Session> open = ConcurrentHashMap.newKeySet();

  /** Both directions share one. */
  public Sessions(AccessLog accessLog, TcpMetrics metrics, RelaySettings relaySettings) {
    this.accessLog = accessLog;
    this.metrics = metrics;
    this.relaySettings = relaySettings;
  }

  /** How many there are: a drain waits until there are none. On any thread. */
  public int open() {
    return open.size();
  }

  /** Breaks off those that a drain has waited for in vain. On any thread. */
  public void breakOff() {
    for (var session : open) {
      session
          .loop()
          .execute(() -> session.refuse(Reason.DRAINING, "still open when the drain was over"));
    }
  }

  Session begin(Connection accepted, ConnectionInfo info) {
    var session = new Session(this, accepted, info);
    if (!session.isOver()) { // else the client left just now
      open.add(session);
    }
    return session;
  }

  void ended(Session session) {
    metrics.closed(session.connection(), session.info());
    accessLog.closed(session.connection(), session.info());
    open.remove(session); // last: whoever sees that none is open may end the log
  }

  TcpMetrics metrics() {
    return metrics;
  }

  RelaySettings relaySettings() {
    return relaySettings;
  }
}
