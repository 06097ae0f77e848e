package dev.ondine.proxy;

import dev.ondine.model.AppProtocol;
import dev.ondine.model.ServicePort;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A port of the workload: {@code PORT[:TARGET][/PROTOCOL]}.
 *
 * @param number what callers name
 * @param target where the workload listens
 */
public record WorkloadPort(int number, int target, AppProtocol protocol) {
  /**
   * Reads a port as {@code --port} has it.
   *
   * @throws IllegalArgumentException naming the text and what is allowed
   */
  public static WorkloadPort parse(String text) {
    var slash = text.indexOf('/');
    var numbers = slash < 0 ? text : text.substring(0, slash);
    var colon = numbers.indexOf(':');
    var number = port(text, colon < 0 ? numbers : numbers.substring(0, colon));
    var target = colon < 0 ? number : port(text, numbers.substring(colon + 1));
    var protocol =
        slash < 0
            ? AppProtocol.AUTO
            : AppProtocol.of(text.substring(slash + 1)).orElseThrow(() -> refused(text));
    return new WorkloadPort(number, target, protocol);
  }

  /** As control registers it, reached at another port than the workload's own. */
  ServicePort reachedAt(int port) {
    return new ServicePort("port-" + number, number, port, protocol);
  }

  private static int port(String text, String number) {
    try {
      var port = Integer.parseInt(number);
      if (port >= 1 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException _) {
      // refused below
    }
    throw refused(text);
  }

  private static IllegalArgumentException refused(String text) {
    var protocols =
        Arrays.stream(AppProtocol.values())
            .map(protocol -> protocol.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "));
    return new IllegalArgumentException(
        "'"
            + text
            + "' is no port: PORT[:TARGET][/PROTOCOL] with ports from 1 to 65535 and one of "
            + protocols);
  }
}
