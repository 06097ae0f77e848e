package dev.ondine.model;

import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** What a caller asked for, in its canonical form: the unit of on-demand discovery. */
public sealed interface DemandKey {
  /** The name of the xDS resources that this demand subscribes to. */
  String wire();

  /**
   * A logical name of the mesh.
   *
   * @param host canonical and lower case: {@code service.namespace.mesh} or {@code
   *     instance.service[.namespace].mesh}
   * @param port the service port; empty: the service's port 80, else its first
   */
  record Name(String host, OptionalInt port) implements DemandKey {
    @Override
    public String wire() {
      return port.isPresent() ? host + ":" + port.getAsInt() : host;
    }
  }

  /** A virtual IP and port, when the name behind it is not known here. */
  record VirtualIp(String ip, int port) implements DemandKey {
    /**
     * What names resolve to that the caller may not use: belongs to no service, and is never
     * allocated. HTTP requests to it are told the reason by their authority.
     */
    public static final String REFUSED = "240.240.255.253";

    /**
     * Where the supervisor connects to in order to see that connections are redirected: belongs to
     * no service, is never allocated, and is no demand.
     */
    public static final String PROBE = "240.240.255.254";

    /** From 240.240.0.0/16, which control allocates from; empty for any other address. */
    public static Optional<VirtualIp> of(InetSocketAddress address) {
      var ip = address.getAddress();
      if (ip == null || address.getPort() == 0) {
        return Optional.empty();
      }
      var bytes = ip.getAddress();
      return bytes.length == 4 && bytes[0] == (byte) 240 && bytes[1] == (byte) 240
          ? Optional.of(new VirtualIp(ip.getHostAddress(), address.getPort()))
          : Optional.empty();
    }

    @Override
    public String wire() {
      return (ip.indexOf(':') >= 0 ? "[" + ip + "]" : ip) + ":" + port;
    }
  }

  /**
   * The server name of a TLS ClientHello, for passthrough, with the port that its connection was
   * meant for: that is the service port, whatever the address.
   *
   * @param host canonical as in {@link Name}
   */
  record Sni(String host, int port) implements DemandKey {
    private static final String PREFIX = "sni/";

    /** Reads a server name as {@link #parse} reads an authority; empty for an outside one. */
    public static Optional<Sni> of(String serverName, int port, String namespace) {
      return serverName.indexOf(':') >= 0
          ? Optional.empty()
          : parse(serverName, namespace).map(name -> new Sni(name.host(), port));
    }

    /** Reads what {@link #wire} writes; the host may have any form that callers write. */
    public static Optional<Sni> ofWire(String wire, String namespace) {
      var colon = wire.lastIndexOf(':');
      var port = colon < 0 ? -1 : parsePort(wire.substring(colon + 1));
      return wire.startsWith(PREFIX) && port > 0
          ? of(wire.substring(PREFIX.length(), colon), port, namespace)
          : Optional.empty();
    }

    /** The same as a name: what its resources are called. */
    public Name name() {
      return new Name(host, port == 80 ? OptionalInt.empty() : OptionalInt.of(port));
    }

    @Override
    public String wire() {
      return PREFIX + host + ":" + port;
    }
  }

  /** The suffix of names that are always ours. */
  String SUFFIX = ".mesh";

  /** The one label that never is a service (RFC 6761). */
  String LOCALHOST = "localhost";

  /**
   * Reads an authority or DNS name as a mesh name.
   *
   * <p>One label is a service in the caller's namespace; two are {@code service.namespace} or
   * {@code instance.service} (control decides); more are ours only with the suffix {@code .mesh}.
   * Port 80 is the default and dropped, as HTTP clients do.
   *
   * @param authority host with optional port, any letter case, optional final dot
   * @param namespace the caller's own
   * @return empty where the text cannot be a mesh name: an IP address, bad syntax, an outside name
   */
  static Optional<Name> parse(String authority, String namespace) {
    var host = authority.toLowerCase(Locale.ROOT);
    var port = OptionalInt.empty();
    var colon = host.lastIndexOf(':');
    if (colon >= 0) {
      var number = parsePort(host.substring(colon + 1));
      if (number < 0) {
        return Optional.empty();
      }
      port = number == 80 ? OptionalInt.empty() : OptionalInt.of(number);
      host = host.substring(0, colon);
    }
    if (host.endsWith(".")) {
      host = host.substring(0, host.length() - 1);
    }
    var bare = host.endsWith(SUFFIX) ? host.substring(0, host.length() - SUFFIX.length()) : host;
    var labels = bare.split("\\.", -1);
    for (var label : labels) {
      if (!Names.isLabel(label)) {
        return Optional.empty();
      }
    }
    if (bare.length() > 240 || isNumber(labels[labels.length - 1])) {
      return Optional.empty(); // too long, or an IPv4 address
    }
    if (bare.equals(LOCALHOST)) {
      return Optional.empty();
    }
    var suffixed = bare.length() != host.length();
    return switch (labels.length) {
      case 1 -> Optional.of(new Name(bare + "." + namespace + SUFFIX, port));
      case 2 -> Optional.of(new Name(bare + SUFFIX, port));
      case 3 -> suffixed ? Optional.of(new Name(host, port)) : Optional.empty();
      default -> Optional.empty();
    };
  }

  /** True where the text itself claims to be of the mesh: one label, or the suffix. */
  static boolean isSurelyMesh(String host) {
    var name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    return name.indexOf('.') < 0
        ? !name.equalsIgnoreCase(LOCALHOST)
        : name.toLowerCase(Locale.ROOT).endsWith(SUFFIX);
  }

  private static int parsePort(String text) {
    if (text.isEmpty() || text.length() > 5) {
      return -1;
    }
    var number = 0;
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      if (c < '0' || c > '9') {
        return -1;
      }
      number = number * 10 + (c - '0');
    }
    return number >= 1 && number <= 65535 ? number : -1;
  }

  private static boolean isNumber(String label) {
    return label.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
