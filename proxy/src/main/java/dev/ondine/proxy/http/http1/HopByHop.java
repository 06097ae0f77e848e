package dev.ondine.proxy.http.http1;

import java.util.Locale;
import java.util.Set;

/** Takes off a head what concerns one connection only (RFC 9110, section 7.6.1). */
final class HopByHop {
  private static final String[] NAMES = {
    "connection",
    "keep-alive",
    "proxy-connection",
    "transfer-encoding",
    "upgrade",
    "http2-settings",
    "te",
  };

  // A client may nominate what it sent for its own hop, not what others rely on end to end.
  private static final Set<String> PROTECTED =
      Set.of(
          "authorization",
          "b3",
          "baggage",
          "cookie",
          "date",
          "expect",
          "forwarded",
          "host",
          "range",
          "trailer",
          "traceparent",
          "tracestate",
          "via",
          "x-real-ip");
  private static final String[] PROTECTED_PREFIXES = {
    "content-", "grpc-", "if-", "x-b3-", "x-forwarded-", "x-ondine-", "x-request-id"
  };

  private HopByHop() {}

  /** Takes them off; only called where {@link FieldParser#hopByHop} says that there are some. */
  static void strip(RawHeaders headers, FieldParser parsed) {
    if (parsed.nominates) {
      for (var value : headers.all("connection")) {
        for (var nominated : value.split(",", -1)) {
          var name = nominated.strip().toLowerCase(Locale.ROOT);
          if (!name.isEmpty() && !isProtected(name)) {
            headers.remove(name);
          }
        }
      }
    }
    var trailers = "trailers".equalsIgnoreCase(headers.get("te"));
    for (var name : NAMES) {
      headers.remove(name);
    }
    if (trailers) {
      headers.add("te", "trailers"); // the one value that means the same on every hop; gRPC asks it
    }
  }

  private static boolean isProtected(String name) {
    for (var prefix : PROTECTED_PREFIXES) {
      if (name.startsWith(prefix)) {
        return true;
      }
    }
    return PROTECTED.contains(name);
  }
}
