package dev.ondine.proxy.http.http1;

import dev.ondine.proxy.http.HttpTimes;
import dev.ondine.proxy.http.Pace;
import java.time.Duration;

/** How long a client's connection has been in its present state. Confined to its loop. */
final class ServerTimeouts {
  /** While memory is short, nobody may take his time. */
  private static final int HURRY = 10;

  private final HttpTimes times;
  private final Pace pace;
  private int idle; // sweeps since the last request
  private int heading; // sweeps since a head began

  ServerTimeouts(HttpTimes times, long nowNanos) {
    this.times = times;
    this.pace = new Pace(times.bodyRate(), nowNanos);
  }

  /** Bytes moved. */
  void moved(long bytes, long nowNanos) {
    pace.moved(bytes, nowNanos);
  }

  /** The client is not waited for. */
  void notWaiting(long nowNanos) {
    pace.excuse(nowNanos);
    idle = 0;
  }

  /** A head is complete. */
  void began(long nowNanos) {
    heading = 0;
    notWaiting(nowNanos);
  }

  /** One more sweep with a part of a head; trickling does not help. */
  boolean isHeadOverdue(boolean hurry) {
    idle = 0;
    return ++heading > patience(times.head(), hurry).toSeconds();
  }

  /** One more sweep between requests. */
  boolean isIdleTooLong(boolean crowded) {
    heading = 0;
    return ++idle > times.idle(crowded).toSeconds();
  }

  /** A client that is waited for keeps us waiting with its body. */
  boolean sendsTooSlowly(boolean hurry, long nowNanos) {
    return pace.isTooSlow(patience(times.bodyGrace(), hurry), nowNanos);
  }

  /** Or with taking the answer. */
  boolean takesTooSlowly(boolean hurry, long nowNanos) {
    return pace.isTooSlow(patience(times.takeGrace(), hurry), nowNanos);
  }

  private static Duration patience(Duration usual, boolean hurry) {
    return hurry ? usual.dividedBy(HURRY) : usual;
  }
}
