package dev.ondine.control.census;

import dev.ondine.control.registry.World;
import dev.ondine.xds.server.StreamSnapshot;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who is at an address: workloads that registered there, and sidecars that are connected from it.
 * Several where they share it.
 */
public final class Addresses {
  /** Names that are told of one address. */
  private static final int MAX_NAMES = 8;

  private final Map<String, Set<String>> names = new HashMap<>();

  private Addresses() {}

  /** Looks at what is registered and connected now. */
  public static Addresses of(World world, Collection<StreamSnapshot> streams) {
    var found = new Addresses();
    for (var view : world.services()) {
      view.workloads().forEach(one -> found.add(one.address(), one.name() + "." + one.namespace()));
    }
    for (var stream : streams) {
      stream.node().ifPresent(node -> found.add(host(stream.peer()), node.id()));
    }
    return found;
  }

  /** Without the port. */
  private static String host(String peer) {
    var host = peer.substring(0, Math.max(0, peer.lastIndexOf(':')));
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private void add(String address, String name) {
    var known = names.computeIfAbsent(canonical(address), _ -> new TreeSet<>());
    if (known.size() < MAX_NAMES) {
      known.add(name);
    }
  }

  /** {@code web-0.shop}; nobody where it is not known. */
  public List<String> at(String address) {
    return List.copyOf(names.getOrDefault(canonical(address), Set.of()));
  }

  /** One text for each IPv6 address; what is none stays as it is. */
  private static String canonical(String address) {
    try {
      return InetAddress.ofLiteral(address).getHostAddress();
    } catch (IllegalArgumentException _) {
      return address;
    }
  }
}
