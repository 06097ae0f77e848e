package dev.ondine.proxy.detect;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Tells HTTP/1.x, HTTP/2 and TLS from everything else by a connection's first bytes.
 *
 * <p>Asks for as few bytes as it can: one is enough for most binary protocols, a method and the
 * first character of its target for common HTTP requests. Only what could still be an uncommon
 * request is read to the end of its first line, because line protocols (SMTP, FTP, Redis' inline
 * commands) begin like one.
 */
public final class ProtocolDetector {
  /** The longest first line looked at; a longer one is opaque. */
  public static final int MAX_BYTES = 8192;

  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);
  private static final byte[] VERSION = "HTTP/".getBytes(US_ASCII);
  private static final List<byte[]> COMMON_STARTS =
      List.of("GET /", "POST /", "PUT /", "HEAD /", "DELETE /", "OPTIONS /", "PATCH /").stream()
          .map(start -> start.getBytes(US_ASCII))
          .toList();
  private static final String METHOD_MARKS = "!#$%&'*+-.^_`|~"; // RFC 9110, section 5.6.2
  private static final int MAX_METHOD = 32;
  private static final int MAX_BLANK_START = 4; // two empty lines; RFC 9112, section 2.2

  private static final int TLS_HANDSHAKE = 0x16;
  private static final int TLS_CLIENT_HELLO = 0x01;
  private static final int TLS_MAX_RECORD = 1 << 14;

  private ProtocolDetector() {}

  /**
   * Reads the bytes between the buffer's position and limit and moves neither.
   *
   * @param start the connection's bytes so far, from the first one on
   */
  public static Detection detect(ByteBuffer start) {
    var bytes = start.slice();
    if (bytes.limit() == 0) {
      return new Detection.NeedMore(1);
    }
    if (at(bytes, 0) == TLS_HANDSHAKE) {
      return clientHello(bytes);
    }
    var matching = matching(bytes, 0, PREFACE);
    if (matching == PREFACE.length) {
      return Detection.HTTP2;
    }
    // PRI is reserved for the preface: from the third byte on nothing else is likely.
    if (matching >= 3 && matching == bytes.limit()) {
      return new Detection.NeedMore(PREFACE.length);
    }
    return requestLine(bytes);
  }

  /** A TLS record (RFC 8446, section 5.1) that holds the start of a ClientHello. */
  private static Detection clientHello(ByteBuffer bytes) {
    var size = bytes.limit();
    var wrong =
        (size > 1 && at(bytes, 1) != 3)
            || (size > 2 && at(bytes, 2) > 4)
            || (size > 4 && !isRecordLength(at(bytes, 3) << 8 | at(bytes, 4)))
            || (size > 5 && at(bytes, 5) != TLS_CLIENT_HELLO);
    if (wrong) {
      return Detection.OPAQUE;
    }
    return size > 5 ? Detection.TLS : new Detection.NeedMore(6);
  }

  private static boolean isRecordLength(int length) {
    return length >= 4 && length <= TLS_MAX_RECORD;
  }

  private static Detection requestLine(ByteBuffer bytes) {
    var from = 0;
    while (from < bytes.limit() && from < MAX_BLANK_START && isLineEnd(at(bytes, from))) {
      from++;
    }
    for (var start : COMMON_STARTS) {
      if (matching(bytes, from, start) == start.length) {
        return Detection.HTTP1;
      }
    }
    var space = from;
    while (space < bytes.limit() && isToken(at(bytes, space))) {
      space++;
    }
    if (space - from > MAX_METHOD) {
      return Detection.OPAQUE;
    }
    if (space == bytes.limit()) {
      return new Detection.NeedMore(space + 1);
    }
    return space > from && at(bytes, space) == ' ' ? target(bytes, space) : Detection.OPAQUE;
  }

  /** Whether what follows a method ends in a version, which no line protocol's command does. */
  private static Detection target(ByteBuffer bytes, int methodEnd) {
    var lastSpace = methodEnd;
    for (var i = methodEnd + 1; i < bytes.limit(); i++) {
      var c = at(bytes, i);
      if (c == ' ') {
        lastSpace = i;
      } else if (isLineEnd(c)) {
        var versioned = matching(bytes, lastSpace + 1, VERSION) == VERSION.length;
        return versioned && lastSpace > methodEnd + 1 ? Detection.HTTP1 : Detection.OPAQUE;
      } else if (c < ' ') {
        return Detection.OPAQUE;
      }
    }
    return bytes.limit() < MAX_BYTES ? new Detection.NeedMore(bytes.limit() + 1) : Detection.OPAQUE;
  }

  /** How many bytes from the given place on are those expected. */
  private static int matching(ByteBuffer bytes, int from, byte[] expected) {
    var length = Math.min(expected.length, bytes.limit() - from);
    for (var i = 0; i < length; i++) {
      if (bytes.get(from + i) != expected[i]) {
        return i;
      }
    }
    return Math.max(length, 0);
  }

  private static boolean isToken(int c) {
    return (c >= '0' && c <= '9')
        || (c >= 'A' && c <= 'Z')
        || (c >= 'a' && c <= 'z')
        || METHOD_MARKS.indexOf(c) >= 0;
  }

  private static boolean isLineEnd(int c) {
    return c == '\r' || c == '\n';
  }

  private static int at(ByteBuffer bytes, int index) {
    return bytes.get(index) & 0xff;
  }
}
