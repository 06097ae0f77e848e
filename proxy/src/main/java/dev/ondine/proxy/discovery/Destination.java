package dev.ondine.proxy.discovery;

import dev.ondine.model.DemandKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Where a request means to go, as far as its authority and its connection tell. */
sealed interface Destination {
  /** A name of the mesh; without such a service there is no answer. */
  record Mesh(DemandKey key) implements Destination {}

  /** A name of the mesh, or one outside that looks alike: {@code example.com}. */
  record Either(DemandKey key) implements Destination {}

  /** Not the mesh's business. */
  record Outside() implements Destination {}

  /**
   * Reads a request's destination.
   *
   * @param authority as the caller sent it
   * @param original where the caller connected to, when its connection was redirected
   * @param namespace the sidecar's own
   */
  static Destination of(String authority, Optional<InetSocketAddress> original, String namespace) {
    var virtualIp = original.flatMap(DemandKey.VirtualIp::of);
    var name = DemandKey.parse(authority, namespace);
    if (name.isPresent()) {
      // The caller's DNS answers mesh names with virtual IPs, so who connected to another address
      // was told that an ambiguous name lies outside. It must not wait for control.
      if (virtualIp.isPresent() || DemandKey.isSurelyMesh(host(authority))) {
        return new Mesh(name.get());
      }
      return original.isPresent() ? new Outside() : new Either(name.get());
    }
    return virtualIp.or(() -> literal(authority)).<Destination>map(Mesh::new).orElse(new Outside());
  }

  /** Where the connection alone says that it goes, whatever the request names. */
  static Destination ofConnection(Optional<InetSocketAddress> original) {
    return original
        .flatMap(DemandKey.VirtualIp::of)
        .<Destination>map(Mesh::new)
        .orElse(new Outside());
  }

  private static Optional<DemandKey.VirtualIp> literal(String authority) {
    var host = host(authority);
    try {
      var port = host.length() < authority.length() ? authority.substring(host.length() + 1) : "80";
      var address = InetAddress.ofLiteral(host);
      return DemandKey.VirtualIp.of(new InetSocketAddress(address, Integer.parseInt(port)));
    } catch (IllegalArgumentException _) {
      return Optional.empty(); // an outside name
    }
  }

  private static String host(String authority) {
    var colon = authority.lastIndexOf(':');
    return colon < 0 ? authority : authority.substring(0, colon);
  }
}
