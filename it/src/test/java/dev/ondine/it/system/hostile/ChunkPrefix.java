package dev.ondine.it.system.hostile;

import java.util.Locale;
import java.util.regex.Pattern;

/** The beginning of a body in chunks, read as strictly as the RFC allows. */
final class ChunkPrefix {
  private static final Pattern SIZE = Pattern.compile("[0-9a-fA-F]{1,16}");
  private static final String HEAD_END = "\r\n\r\n";

  private ChunkPrefix() {}

  /**
   * Whether a request, if it is one in chunks, goes on without a fault as far as it goes.
   *
   * @param request head and body, which may break off anywhere
   */
  static boolean isClean(String request) {
    var headEnd = request.indexOf(HEAD_END);
    var head = headEnd < 0 ? request : request.substring(0, headEnd);
    return headEnd < 0
        || !head.toLowerCase(Locale.ROOT).contains("\r\ntransfer-encoding: chunked")
        || isCleanBody(request.substring(headEnd + HEAD_END.length()));
  }

  private static boolean isCleanBody(String body) {
    var at = 0;
    while (at < body.length()) {
      var lineEnd = body.indexOf("\r\n", at);
      if (lineEnd < 0) {
        return SIZE.matcher(body.substring(at).replaceFirst("\r$", "")).matches();
      }
      var digits = body.substring(at, lineEnd);
      if (!SIZE.matcher(digits).matches()) {
        return false;
      }
      var size = Long.parseUnsignedLong(digits, 16);
      var dataEnd = lineEnd + 2 + size;
      if (size <= 0) {
        return false; // the last chunk must not come, since the request breaks off
      }
      if (dataEnd >= body.length()) {
        return true;
      }
      if (!"\r\n"
          .startsWith(body.substring((int) dataEnd, (int) Math.min(dataEnd + 2, body.length())))) {
        return false;
      }
      at = (int) dataEnd + 2;
    }
    return true;
  }
}
