package dev.ondine.proxy.http;

import dev.ondine.base.config.SettingsReader;
import dev.ondine.model.Cluster;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long clients and endpoints may take, by HTTP/1.1 and HTTP/2 alike. Times are kept to the
 * second. While memory is short, nobody may take his time: it is a tenth then.
 *
 * @param head from a request's first byte to its last header line, and from accepting an HTTP/2
 *     connection to the end of its preface
 * @param idle a client's connection without a request is closed after so long
 * @param connect to an endpoint whose cluster says nothing
 * @param poolIdle an unused connection to an endpoint is closed after so long
 * @param bodyRate bytes a second that a client must send of a body that is waited for, or take of
 *     an answer that it is offered; 0: as slowly as it likes
 * @param bodyGrace how far a client may fall behind that rate with its body, at the beginning too
 * @param takeGrace the same with taking the answer; longer, since a kernel tells of progress only
 *     in steps as large as its buffers
 * @param maxAge a connection takes no new requests from this age on, give or take a tenth; zero:
 *     any age will do
 */
public record HttpTimes(
    Duration head,
    Duration idle,
    Duration connect,
    Duration poolIdle,
    int bodyRate,
    Duration bodyGrace,
    Duration takeGrace,
    Duration maxAge) {

  private static final Duration CROWDED_IDLE = Duration.ofSeconds(10);
  private static final int HURRY = 10;

  /** What holds where nothing else is said; a sidecar has few clients, which may rest for long. */
  public static final HttpTimes DEFAULTS =
      new HttpTimes(
          Duration.ofSeconds(10),
          Duration.ofHours(1),
          Cluster.DEFAULT_CONNECT_TIMEOUT,
          Duration.ofMinutes(1),
          1_024,
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofHours(1));

  private static final double JITTER = 0.1;

  /** The defaults, with what a reader of {@code http} settings was given. */
  public static HttpTimes read(SettingsReader settings) {
    return new HttpTimes(
        settings.duration("headTimeout", DEFAULTS.head),
        settings.duration("idle", DEFAULTS.idle),
        settings.duration("connectTimeout", DEFAULTS.connect),
        settings.duration("poolIdle", DEFAULTS.poolIdle),
        settings.integer("bodyRate", DEFAULTS.bodyRate),
        settings.duration("bodyGrace", DEFAULTS.bodyGrace),
        settings.duration("takeGrace", DEFAULTS.takeGrace),
        settings.duration("maxAge", DEFAULTS.maxAge));
  }

  public HttpTimes {
    atLeastASecond("headTimeout", head);
    atLeastASecond("idle", idle);
    atLeastASecond("poolIdle", poolIdle);
    if (!connect.isPositive()) {
      throw new IllegalArgumentException("http.connectTimeout: " + connect + " is not positive");
    }
    atLeastASecond("bodyGrace", bodyGrace);
    atLeastASecond("takeGrace", takeGrace);
    if (bodyRate < 0) {
      throw new IllegalArgumentException("http.bodyRate: " + bodyRate + " is below 0");
    }
    if (!maxAge.isZero()) {
      atLeastASecond("maxAge", maxAge);
    }
  }

  private static void atLeastASecond(String name, Duration value) {
    if (value.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("http." + name + ": " + value + " is below 1s");
    }
  }

  /**
   * When a connection that begins now is too old, so that connections which began together do not
   * end together.
   *
   * @param random thread-safe, or confined to the caller's loop
   */
  public long endOfLife(long nowNanos, RandomGenerator random) {
    if (maxAge.isZero()) {
      return nowNanos + Long.MAX_VALUE / 2; // as good as never, and safe to subtract from
    }
    var share = 1 - JITTER + 2 * JITTER * random.nextDouble();
    return nowNanos + (long) (maxAge.toNanos() * share);
  }

  /** How long a client may take over something. */
  public static Duration patience(Duration usual, boolean hurry) {
    return hurry ? usual.dividedBy(HURRY) : usual;
  }

  /** Bytes a second that a client must take of what is written to it; 0: in its own time. */
  public int takeRate(boolean hurry) {
    return hurry ? (int) Math.min(Integer.MAX_VALUE, (long) HURRY * bodyRate) : bodyRate;
  }

  /**
   * How far it may fall behind that. Where it has its own time, an answer of which it takes nothing
   * is no better than no request.
   */
  public Duration takeGrace(boolean hurry) {
    return patience(bodyRate == 0 ? idle : takeGrace, hurry);
  }

  /** How long a client's connection may be idle, less where others wait for its place. */
  public Duration idle(boolean crowded) {
    return crowded && idle.compareTo(CROWDED_IDLE) > 0 ? CROWDED_IDLE : idle;
  }
}
