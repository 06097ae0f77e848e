package dev.ondine.it.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * What a strict client reads from a connection on which it sent GET requests.
 *
 * @param complete final answers that ended
 * @param last the head of the last of them; empty without one
 */
record AnswersSeen(int complete, String last) {
  /**
   * Reads them all.
   *
   * @throws AssertionError when the bytes are no sequence of answers
   */
  static AnswersSeen read(byte[] bytes) {
    var text = new String(bytes, ISO_8859_1);
    var complete = 0;
    var last = "";
    var at = 0;
    while (at < text.length()) {
      var end = text.indexOf("\r\n\r\n", at);
      if (end < 0) {
        break;
      }
      var head = text.substring(at, end + 2);
      if (!head.matches(
          "(?s)HTTP/1\\.1 [1-5][0-9][0-9] [^\r\n]*\r\n([^\r\n:\\s]+:[^\r\n\0]*\r\n)*")) {
        throw new AssertionError("an answer's head: " + head);
      }
      at = body(text, end + 4, head);
      if (at < 0) {
        break;
      }
      if (head.charAt(9) != '1') {
        complete++;
        last = head;
      }
    }
    return new AnswersSeen(complete, last);
  }

  /** Where the body ends; -1 where it is incomplete. */
  private static int body(String text, int at, String head) {
    var status = head.substring(9, 12);
    if (status.startsWith("1") || status.equals("204") || status.equals("304")) {
      return at;
    }
    if (head.contains("\r\ntransfer-encoding: chunked\r\n")) {
      var end = text.indexOf("\r\n0\r\n", at - 2);
      var trailers = end < 0 ? -1 : text.indexOf("\r\n\r\n", end + 3);
      return trailers < 0 ? -1 : chunks(text, at);
    }
    var length = head.indexOf("\r\ncontent-length: ");
    if (length < 0) {
      return -1; // until the connection ends
    }
    var digits = head.substring(length + 18, head.indexOf("\r\n", length + 2));
    var end = at + Long.parseLong(digits);
    return end > text.length() ? -1 : (int) end;
  }

  private static int chunks(String text, int start) {
    var at = start;
    while (true) {
      var line = text.indexOf("\r\n", at);
      if (line < 0) {
        return -1;
      }
      var size = Integer.parseInt(text.substring(at, line), 16);
      at = line + 2;
      if (size == 0) {
        break;
      }
      at += size + 2;
      if (at > text.length()) {
        return -1;
      }
    }
    while (true) {
      var line = text.indexOf("\r\n", at);
      if (line < 0) {
        return -1;
      }
      if (line == at) {
        return at + 2;
      }
      at = line + 2;
    }
  }
}
