package dev.ondine.proxy.http;

import java.util.ArrayList;
import java.util.Locale;
import java.util.Set;

/**
 * Which fields may come in trailers: not those that frame, route, authorise or control a message,
 * which is known from its start only (RFC 9110, section 6.5.1).
 */
public final class TrailerFields {
  private static final Set<String> NOT_ALLOWED =
      Set.of(
          "age",
          "authorization",
          "cache-control",
          "connection",
          "cookie",
          "date",
          "expect",
          "expires",
          "forwarded",
          "host",
          "http2-settings",
          "keep-alive",
          "location",
          "max-forwards",
          "pragma",
          "range",
          "retry-after",
          "set-cookie",
          "te",
          "traceparent",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "vary",
          "via",
          "warning",
          "www-authenticate");
  private static final String[] NOT_ALLOWED_PREFIXES = {
    "content-", "if-", "proxy-", "x-forwarded-", "x-ondine-", "x-request-id"
  };

  private TrailerFields() {}

  /** Removes what may not come. */
  public static void clean(Headers trailers) {
    var unwanted = new ArrayList<String>(0);
    trailers.forEach(
        (name, value) -> {
          if (!isAllowed(name.toString().toLowerCase(Locale.ROOT))) {
            unwanted.add(name.toString());
          }
        });
    unwanted.forEach(trailers::remove);
  }

  private static boolean isAllowed(String lowerCase) {
    for (var prefix : NOT_ALLOWED_PREFIXES) {
      if (lowerCase.startsWith(prefix)) {
        return false;
      }
    }
    return !NOT_ALLOWED.contains(lowerCase);
  }
}
