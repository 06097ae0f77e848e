package dev.ondine.proxy.http.http1;

import dev.ondine.proxy.http.Headers;
import java.util.List;

/** Reads trailers, and drops what must not come in them (RFC 9110, section 6.5.1). */
final class Trailers {
  private static final List<String> FORBIDDEN =
      List.of(
          "authorization",
          "connection",
          "content-encoding",
          "content-length",
          "content-range",
          "content-type",
          "cookie",
          "host",
          "set-cookie",
          "te",
          "trailer",
          "transfer-encoding",
          "x-forwarded-client-cert",
          "x-forwarded-for",
          "x-forwarded-proto");

  private Trailers() {}

  /** Reads the lines, of which the last is empty. */
  static Headers parse(byte[] lines) throws MalformedException {
    var trailers = new RawHeaders(lines, lines.length);
    new FieldParser().parse(lines, 0, lines.length, trailers);
    FORBIDDEN.forEach(trailers::remove);
    return trailers;
  }
}
