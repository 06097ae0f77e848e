package dev.ondine.proxy;

import dev.ondine.base.config.SettingsReader;
import dev.ondine.proxy.http.HttpTimes;
import dev.ondine.proxy.overload.OverloadSettings;
import dev.ondine.proxy.tcp.TcpSettings;
import dev.ondine.proxy.tls.TlsSettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The bounds of all traffic of a sidecar, as {@code --set PART.SETTING=VALUE} gives them.
 *
 * @param maxRequestBodyBytes of requests whose route says nothing; 0: any length
 * @param maxHops how often a request may leave the mesh before it is taken for a loop
 */
public record TrafficSettings(
    HttpTimes http,
    long maxRequestBodyBytes,
    int maxHops,
    TcpSettings tcp,
    OverloadSettings overload,
    TlsSettings tls) {

  private static final List<String> PARTS = List.of("http", "tcp", "overload", "tls");

  private static final int MAX_HOPS = 16;
  private static final int HIGHEST_MAX_HOPS = 100;

  /** What holds where nothing else is said. */
  public static final TrafficSettings DEFAULTS = parse(List.of());

  /**
   * The defaults with some settings replaced.
   *
   * @param given such as {@code http.headTimeout=10s}
   * @throws IllegalArgumentException naming the setting, its value and what is allowed
   */
  public static TrafficSettings parse(List<String> given) {
    var parts = new HashMap<String, Map<String, String>>();
    PARTS.forEach(part -> parts.put(part, new HashMap<>()));
    for (var text : given) {
      var dot = text.indexOf('.');
      var equals = text.indexOf('=');
      var part = dot < 0 ? null : parts.get(text.substring(0, dot));
      if (part == null || equals < dot) {
        throw new IllegalArgumentException(
            "'" + text + "' is not PART.SETTING=VALUE; the parts are " + String.join(", ", PARTS));
      }
      var name = text.substring(dot + 1, equals);
      if (part.put(name, text.substring(equals + 1)) != null) {
        throw new IllegalArgumentException(text.substring(0, equals) + " is given twice");
      }
    }
    return of(parts);
  }

  private static TrafficSettings of(Map<String, Map<String, String>> parts) {
    var http = new SettingsReader("http", parts.getOrDefault("http", Map.of()));
    var times = HttpTimes.read(http);
    var maxBody = http.integer("maxRequestBodyBytes", 0);
    var maxHops = http.integer("maxHops", MAX_HOPS);
    http.refuseOthers();
    return new TrafficSettings(
        times,
        maxBody,
        maxHops,
        TcpSettings.parse(parts.getOrDefault("tcp", Map.of())),
        OverloadSettings.parse(parts.getOrDefault("overload", Map.of())),
        TlsSettings.parse(parts.getOrDefault("tls", Map.of())));
  }

  public TrafficSettings {
    if (maxRequestBodyBytes < 0) {
      throw new IllegalArgumentException(
          "http.maxRequestBodyBytes: " + maxRequestBodyBytes + " is below 0");
    }
    if (maxHops < 1 || maxHops > HIGHEST_MAX_HOPS) {
      throw new IllegalArgumentException(
          "http.maxHops: " + maxHops + " is not between 1 and " + HIGHEST_MAX_HOPS);
    }
  }
}
