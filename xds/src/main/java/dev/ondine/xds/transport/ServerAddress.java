package dev.ondine.xds.transport;

import java.util.Arrays;
import java.util.List;

/**
 * Where a server listens.
 *
 * @param host an IP address or a DNS name; IPv6 without brackets
 */
public record ServerAddress(String host, int port) {
  public ServerAddress {
    if (host.isBlank()) {
      throw new IllegalArgumentException("a server address has no host");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException(port + " is no port: 1 to 65535");
    }
  }

  /**
   * Reads {@code HOST:PORT}, IPv6 in brackets.
   *
   * @throws IllegalArgumentException when it is something else
   */
  public static ServerAddress parse(String text) {
    var colon = text.lastIndexOf(':');
    var host = colon < 0 ? text : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "'" + text + "': an IPv6 address is written [ADDRESS]:PORT");
    }
    try {
      return new ServerAddress(host, Integer.parseInt(text.substring(colon + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("'" + text + "' is not HOST:PORT", e);
    }
  }

  /** Reads {@code HOST:PORT[,HOST:PORT…]}. */
  public static List<ServerAddress> parseList(String text) {
    return Arrays.stream(text.split(",", -1)).map(String::strip).map(ServerAddress::parse).toList();
  }

  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
