package dev.ondine.testkit.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Locale;

/** What a careless server makes of the bytes of a request. */
sealed interface RequestScan {
  /** The head is not complete. */
  record NoHead() implements RequestScan {}

  /** No server can go on with it. */
  record Malformed() implements RequestScan {}

  /**
   * A request whose head is there.
   *
   * @param end behind its body, or -1: the body is not complete
   */
  record Request(String method, String target, int end) implements RequestScan {
    boolean isComplete() {
      return end >= 0;
    }
  }

  /** Reads what begins at an offset. */
  static RequestScan of(byte[] bytes, int at) {
    var text = new String(bytes, at, bytes.length - at, ISO_8859_1);
    var headEnd = text.indexOf("\r\n\r\n");
    if (headEnd < 0) {
      return new NoHead();
    }
    var line = text.substring(0, text.indexOf("\r\n")).split(" ", -1);
    if (line.length < 3) {
      return new Malformed();
    }
    var head = text.substring(0, headEnd + 2).toLowerCase(Locale.ROOT);
    var body = headEnd + 4;
    try {
      var end =
          head.contains("\r\ntransfer-encoding:")
              ? chunksEnd(text, body)
              : fixedEnd(text, body, head);
      return new Request(line[0], line[1], end < 0 ? -1 : at + end);
    } catch (NumberFormatException e) {
      return new Malformed();
    }
  }

  private static int fixedEnd(String text, int body, String head) {
    var at = head.indexOf("\r\ncontent-length:");
    if (at < 0) {
      return body;
    }
    var value = head.substring(at + 17, head.indexOf("\r\n", at + 2)).strip();
    var end = body + Long.parseLong(value);
    return end <= text.length() ? (int) end : -1;
  }

  private static int chunksEnd(String text, int body) {
    var at = body;
    while (true) {
      var lineEnd = text.indexOf("\r\n", at);
      if (lineEnd < 0) {
        return -1;
      }
      var size = Integer.parseInt(text.substring(at, lineEnd).split(";", 2)[0].strip(), 16);
      if (size == 0) {
        return trailersEnd(text, lineEnd + 2);
      }
      at = lineEnd + 2 + size + 2;
      if (at > text.length()) {
        return -1;
      }
    }
  }

  private static int trailersEnd(String text, int from) {
    var at = from;
    while (true) {
      var lineEnd = text.indexOf("\r\n", at);
      if (lineEnd < 0) {
        return -1;
      }
      if (lineEnd == at) {
        return at + 2;
      }
      at = lineEnd + 2;
    }
  }
}
