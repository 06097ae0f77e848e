package dev.ondine.it.system.hostile;

import java.util.List;

/** The error codes of HTTP/2 by name (RFC 9113, section 7). */
final class ErrorCode {
  private static final List<String> NAMES =
      List.of(
          "NO_ERROR",
          "PROTOCOL_ERROR",
          "INTERNAL_ERROR",
          "FLOW_CONTROL_ERROR",
          "SETTINGS_TIMEOUT",
          "STREAM_CLOSED",
          "FRAME_SIZE_ERROR",
          "REFUSED_STREAM",
          "CANCEL",
          "COMPRESSION_ERROR",
          "CONNECT_ERROR",
          "ENHANCE_YOUR_CALM",
          "INADEQUATE_SECURITY",
          "HTTP_1_1_REQUIRED");

  private ErrorCode() {}

  static String name(int code) {
    return code >= 0 && code < NAMES.size() ? NAMES.get(code) : Integer.toString(code);
  }

  static int of(String name) {
    var code = NAMES.indexOf(name);
    if (code < 0) {
      throw new DataException("'" + name + "' is no error code; known: " + NAMES);
    }
    return code;
  }

  static boolean isKnown(String name) {
    return NAMES.contains(name);
  }
}
