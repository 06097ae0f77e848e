package dev.ondine.proxy.overload;

import dev.ondine.base.config.SettingsReader;
import java.time.Duration;
import java.util.Map;

/**
 * When there is too much, and how many connections there may be.
 *
 * @param drainPercent of a memory: from here on idle connections are closed, answers ask clients to
 *     reconnect later, and no connection is accepted
 * @param shedPercent of a memory: from here on requests are answered 503 at once
 * @param sample how often the memories are looked at
 * @param connections that all listeners together may have open; 0: half of the file descriptors
 *     that are not reserved, since each may need one to an endpoint, and as many as the heap bears
 * @param http2Connections the same of HTTP/2, whose connections weigh more; 0: what the heap bears
 * @param reserve file descriptors that are kept for everything else: admin port, logs, control
 */
public record OverloadSettings(
    int drainPercent,
    int shedPercent,
    Duration sample,
    int connections,
    int http2Connections,
    int reserve) {

  /** What holds where nothing else is said. */
  public static final OverloadSettings DEFAULTS = parse(Map.of());

  /** What a connection may weigh on the heap: its channel, its codec and a request under way. */
  private static final long HEAP_OF_ONE = 10 << 10;

  private static final long HEAP_OF_HTTP2 = 32 << 10;

  /** The bound of all bounds, as it was before there was a rule. */
  private static final int MOST = 20_000;

  /**
   * The defaults with some settings replaced.
   *
   * @throws IllegalArgumentException naming the setting, its value and what is allowed
   */
  public static OverloadSettings parse(Map<String, String> given) {
    var settings = new SettingsReader("overload", given);
    var parsed =
        new OverloadSettings(
            settings.integer("drainPercent", 92),
            settings.integer("shedPercent", 95),
            settings.duration("sample", Duration.ofMillis(100)),
            settings.integer("connections", 0),
            settings.integer("http2Connections", 0),
            settings.integer("reserve", 64));
    settings.refuseOthers();
    return parsed;
  }

  public OverloadSettings {
    within("drainPercent", drainPercent, 1, 100);
    within("shedPercent", shedPercent, drainPercent, 100);
    if (sample.compareTo(Duration.ofMillis(10)) < 0) {
      throw new IllegalArgumentException("overload.sample: " + sample + " is below 10ms");
    }
    within("connections", connections, 0, 1_000_000);
    within("http2Connections", http2Connections, 0, 1_000_000);
    within("reserve", reserve, 0, 1_000_000);
  }

  private static void within(String name, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "overload." + name + ": " + value + " is not between " + least + " and " + most);
    }
  }

  /** How many connections all listeners together may have. */
  public int connections(long files, long heap) {
    if (connections > 0) {
      return connections;
    }
    var byFiles = (files - Math.min(reserve, files / 2)) / 2;
    return (int) Math.max(1, Math.min(MOST, Math.min(byFiles, heap / HEAP_OF_ONE)));
  }

  /** How many of these may speak HTTP/2. */
  public int http2Connections(long heap) {
    return http2Connections > 0
        ? http2Connections
        : (int) Math.max(1, Math.min(MOST, heap / HEAP_OF_HTTP2));
  }
}
