package dev.ondine.xds.codec;

import java.util.Map;

/**
 * The words that mutual TLS between sidecars is set up with on the wire. Envoy's names where Envoy
 * has one: it takes the same resources.
 */
public final class MeshTls {
  /** The filter metadata by which an endpoint chooses among its cluster's transport sockets. */
  public static final String SOCKET_MATCH = "envoy.transport_socket_match";

  /** The field in it. */
  public static final String MODE = "tlsMode";

  /** Its value at endpoints that take mutual TLS. */
  public static final String MUTUAL = "mtls";

  /** What istiod writes instead. */
  private static final String MUTUAL_ISTIO = "istio";

  /**
   * The application protocol (ALPN) by which mutual TLS of the mesh is told from the application's
   * own: what is inside is told by its first bytes.
   */
  public static final String ALPN = "ondine";

  /** The secret with a node's own certificate, as SPIRE and Istio call it too. */
  public static final String OWN_CERTIFICATE = "default";

  /** The secret with the roots of the own trust domain. */
  public static final String ROOTS = "ROOTCA";

  /** The secret with the bundles of all trust domains, as SPIRE calls it too. */
  public static final String BUNDLES = "ALL";

  /** The resource by which a node learns what it demands of its callers. */
  public static final String INBOUND = "inbound";

  private MeshTls() {}

  /** Whether an endpoint's or a socket's {@link #SOCKET_MATCH} fields speak of mutual TLS. */
  static boolean isMutual(Map<String, String> fields) {
    var mode = fields.getOrDefault(MODE, "");
    return mode.equals(MUTUAL) || mode.equals(MUTUAL_ISTIO);
  }
}
