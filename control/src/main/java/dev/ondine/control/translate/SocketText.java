package dev.ondine.control.translate;

import java.util.Optional;

/**
 * An IP address with a port as callers write it: {@code 240.240.0.5:6379} or {@code [fd00::5]:80}.
 */
record SocketText(String host, int port) {
  private static final String IPV4 = "[0-9]{1,3}(\\.[0-9]{1,3}){3}";

  /** Empty where the text is something else, such as a name. */
  static Optional<SocketText> parse(String text) {
    var colon = text.lastIndexOf(':');
    if (colon < 0 || text.length() > 64) {
      return Optional.empty();
    }
    var host = text.substring(0, colon);
    var bracketed = host.startsWith("[") && host.endsWith("]");
    var digits = text.substring(colon + 1);
    if ((!bracketed && !host.matches(IPV4)) || !digits.matches("[0-9]{1,5}")) {
      return Optional.empty();
    }
    var port = Integer.parseInt(digits);
    return port < 1 || port > 65535
        ? Optional.empty()
        : Optional.of(
            new SocketText(bracketed ? host.substring(1, host.length() - 1) : host, port));
  }
}
