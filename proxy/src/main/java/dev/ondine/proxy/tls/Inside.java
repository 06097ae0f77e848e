package dev.ondine.proxy.tls;

import java.util.List;
import java.util.Optional;

/** What is spoken inside TLS between two sidecars, as ALPN (RFC 7301) says it. */
public enum Inside {
  HTTP1("ondine/http/1.1", "http/1.1"),
  HTTP2("ondine/h2", "h2"),
  /** Anything: bytes, each side of which ends for itself. */
  TCP("ondine/tcp", "");

  /** A client that is no sidecar, and means this one, offers this beside what it speaks. */
  public static final String MARK = "ondine";

  private static final String OWN = MARK + "/";

  private final String own;
  private final String foreign;

  Inside(String own, String foreign) {
    this.own = own;
    this.foreign = foreign;
  }

  /** What a client offers, best first: other servers know the second. */
  List<String> offered() {
    return foreign.isEmpty() ? List.of(own) : List.of(own, foreign);
  }

  /** How sidecars call it. */
  String own() {
    return own;
  }

  /** True if a ClientHello with this among its protocols is meant for a sidecar. */
  public static boolean isOurs(String protocol) {
    return protocol.equals(MARK) || isBetweenSidecars(protocol);
  }

  /** True if both sides are sidecars that agreed on this. */
  static boolean isBetweenSidecars(String protocol) {
    return protocol.startsWith(OWN);
  }

  /** What this protocol means; empty: something that is none of these. */
  public static Optional<Inside> of(String protocol) {
    for (var inside : values()) {
      if (inside.offered().contains(protocol)) {
        return Optional.of(inside);
      }
    }
    return Optional.empty();
  }
}
