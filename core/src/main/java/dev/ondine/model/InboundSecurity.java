package dev.ondine.model;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Who may call a workload without proving who they are, port by port. Immutable; another policy is
 * another value.
 *
 * @param mtls of all ports but those below
 * @param ports by the port at which the workload listens
 * @param probes paths that everybody may GET, by port: health probes come from outside the mesh.
 *     Canonical, without a query, compared as they are
 */
public record InboundSecurity(
    Mtls mtls, Map<Integer, Mtls> ports, Map<Integer, Set<String>> probes) {

  /** What is demanded of a caller. */
  public enum Mtls {
    /** Nothing: mutual TLS is not looked for, and what begins like TLS is the workload's. */
    DISABLED,
    /** Callers of the mesh prove who they are; others come in the clear, and are counted. */
    PERMISSIVE,
    /** Whoever does not prove who it is does not come in. */
    STRICT
  }

  /** As if there were no mutual TLS. */
  public static final InboundSecurity DISABLED = of(Mtls.DISABLED);

  public InboundSecurity {
    requireNonNull(mtls, "mtls");
    ports = Map.copyOf(ports);
    ports.keySet().forEach(port -> Names.port("inboundSecurity.ports", port));
    var copies = new HashMap<Integer, Set<String>>();
    probes.forEach(
        (port, paths) -> {
          Names.port("inboundSecurity.probes", port);
          paths.forEach(path -> probe(port, path));
          copies.put(port, Set.copyOf(paths));
        });
    probes = Map.copyOf(copies);
  }

  private static void probe(int port, String path) {
    if (!path.startsWith("/") || path.indexOf('?') >= 0 || path.indexOf('#') >= 0) {
      throw new InvalidResourceException(
          "inboundSecurity.probes." + port,
          "'" + path + "' is no path: it begins with '/' and has no query");
    }
  }

  /** The same for all ports, without exemptions. */
  public static InboundSecurity of(Mtls mtls) {
    return new InboundSecurity(mtls, Map.of(), Map.of());
  }

  /** What is demanded at a port of the workload. */
  public Mtls at(int port) {
    return ports.getOrDefault(port, mtls);
  }

  /** Whether anything is exempt at this port. */
  public boolean hasProbes(int port) {
    return probes.containsKey(port);
  }

  /**
   * Whether this request is exempt.
   *
   * @param path canonical; may have a query
   */
  public boolean isProbe(int port, String method, String path) {
    var exempt = probes.get(port);
    if (exempt == null || !(method.equals("GET") || method.equals("HEAD"))) {
      return false;
    }
    var query = path.indexOf('?');
    return exempt.contains(query < 0 ? path : path.substring(0, query));
  }
}
