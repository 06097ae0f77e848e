package dev.ondine.proxy.http.http2;

import dev.ondine.proxy.http.HttpTimes;
import java.time.Duration;

/**
 * The bounds of an HTTP/2 connection: what the peer is told in SETTINGS (RFC 9113, section 6.5.2)
 * and what is held against one that misbehaves.
 *
 * @param maxStreams streams that the peer may have open; a further one is refused
 * @param streamWindow bytes of a body that the peer may send ahead on one stream
 * @param connectionWindow the same on all streams together, per round trip; what one stream holds
 *     back does not count, so that it cannot stall the others
 * @param maxHeaderBytes size of a decoded header list, counted as in RFC 9113, section 10.5.1; a
 *     longer one is answered 431
 * @param maxHeaderFields fields in a header list; the crumbs of a cookie count once
 * @param maxSmallContinuations CONTINUATION frames of less than 8 KiB in one header block
 * @param maxQueuedBytes what may wait to be written to a peer that does not read, beyond what flow
 *     control and back-pressure bound: acknowledgements, resets, heads
 * @param maxResets streams that the peer may reset, or make us reset, in {@code resetWindow}, apart
 *     from one for each stream that ran to its end
 * @param maxIdleFrames frames that carry nothing (PING, SETTINGS, PRIORITY, WINDOW_UPDATE, empty
 *     DATA) in {@code resetWindow}, apart from some for each one that does
 * @param resetWindow how long resets and idle frames are remembered
 * @param stall a stream with something to send, of which the peer takes nothing for so long, is
 *     reset
 * @param drainGrace how long after the first GOAWAY new streams are still taken, unless the peer
 *     shows earlier that it has read it
 */
public record Http2Limits(
    int maxStreams,
    int streamWindow,
    int connectionWindow,
    int maxHeaderBytes,
    int maxHeaderFields,
    int maxSmallContinuations,
    int maxQueuedBytes,
    int maxResets,
    int maxIdleFrames,
    Duration resetWindow,
    Duration stall,
    Duration drainGrace) {

  /** What holds where nothing else is said. */
  public static final Http2Limits DEFAULTS =
      new Http2Limits(
          100,
          65_535,
          1 << 20,
          32 << 10,
          100,
          16,
          256 << 10,
          200,
          10_000,
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          Duration.ofSeconds(1));

  public Http2Limits {
    atLeast("maxStreams", maxStreams, 1);
    atLeast("streamWindow", streamWindow, 1);
    atLeast("connectionWindow", connectionWindow, 65_535); // it cannot shrink below the initial one
    atLeast("maxHeaderBytes", maxHeaderBytes, 1_024);
    atLeast("maxHeaderFields", maxHeaderFields, 8);
    atLeast("maxSmallContinuations", maxSmallContinuations, 1);
    atLeast("maxQueuedBytes", maxQueuedBytes, 1);
    atLeast("maxResets", maxResets, 1);
    atLeast("maxIdleFrames", maxIdleFrames, 1);
    positive("resetWindow", resetWindow);
    positive("stall", stall);
    positive("drainGrace", drainGrace);
  }

  /** Bytes of a path with its query: a quarter of all headers; a longer one is answered 414. */
  int maxPathBytes() {
    return maxHeaderBytes / 4;
  }

  /** The defaults for clients: a stream may stand still for as long as its connection. */
  public static Http2Limits of(HttpTimes times) {
    return new Http2Limits(
        DEFAULTS.maxStreams,
        DEFAULTS.streamWindow,
        DEFAULTS.connectionWindow,
        DEFAULTS.maxHeaderBytes,
        DEFAULTS.maxHeaderFields,
        DEFAULTS.maxSmallContinuations,
        DEFAULTS.maxQueuedBytes,
        DEFAULTS.maxResets,
        DEFAULTS.maxIdleFrames,
        DEFAULTS.resetWindow,
        times.takeGrace(false),
        DEFAULTS.drainGrace);
  }

  private static void atLeast(String name, int value, int least) {
    if (value < least) {
      throw new IllegalArgumentException("http2." + name + ": " + value + " is below " + least);
    }
  }

  private static void positive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException("http2." + name + ": " + value + " is not positive");
    }
  }
}
