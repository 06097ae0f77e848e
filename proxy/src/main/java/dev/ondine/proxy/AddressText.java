package dev.ondine.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;

/** Reads and writes the addresses that a sidecar listens on. */
public final class AddressText {
  private static final String UNIX = "unix:";

  private AddressText() {}

  /**
   * Reads {@code IP:PORT}, IPv6 in brackets; port 0 lets the kernel choose.
   *
   * @throws IllegalArgumentException naming the text and what is allowed
   */
  public static InetSocketAddress parse(String text) {
    var colon = text.lastIndexOf(':');
    if (colon > 0) {
      var host = text.substring(0, colon);
      if (host.startsWith("[") && host.endsWith("]")) {
        host = host.substring(1, host.length() - 1);
      } else if (host.indexOf(':') >= 0) {
        throw refused(text);
      }
      try {
        return new InetSocketAddress(
            InetAddress.ofLiteral(host), Integer.parseInt(text.substring(colon + 1)));
      } catch (IllegalArgumentException _) {
        // refused below
      }
    }
    throw refused(text);
  }

  /** Reads {@link #parse} or {@code unix:/PATH}. */
  public static SocketAddress parseAny(String text) {
    if (!text.startsWith(UNIX)) {
      return parse(text);
    }
    var path = Path.of(text.substring(UNIX.length()));
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("'" + text + "': the path is not absolute");
    }
    return UnixDomainSocketAddress.of(path);
  }

  /** Writes what {@link #parseAny} reads. */
  public static String of(SocketAddress address) {
    return switch (address) {
      case InetSocketAddress ip when ip.getAddress() != null -> {
        var host = ip.getAddress().getHostAddress();
        yield (host.indexOf(':') >= 0 ? "[" + host + "]:" : host + ":") + ip.getPort();
      }
      case UnixDomainSocketAddress unix -> UNIX + unix.getPath();
      default -> address.toString();
    };
  }

  private static IllegalArgumentException refused(String text) {
    return new IllegalArgumentException(
        "'" + text + "' is no address: IP:PORT, with IPv6 as [IP]:PORT and a port from 0 to 65535");
  }
}
