package dev.ondine.proxy.http.http1;

import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.TrailerFields;

/** Reads trailers, and drops what must not come in them (RFC 9110, section 6.5.1). */
final class Trailers {
  private Trailers() {}

  /** Reads the lines, of which the last is empty. */
  static Headers parse(byte[] lines) throws MalformedException {
    var trailers = new RawHeaders(lines, lines.length);
    new FieldParser().parse(lines, 0, lines.length, trailers);
    TrailerFields.clean(trailers);
    return trailers;
  }
}
