package dev.ondine.proxy.http.http1;

/**
 * Reads header lines (RFC 9112, section 5) and keeps what a connection must know of them.
 *
 * <p>Strict: no folded lines, no blank before the colon, no control characters. Reused for one
 * message after the other.
 */
final class FieldParser {
  static final long NO_LENGTH = -1;

  private static final int MAX_LENGTH_DIGITS = 18; // below 2^63

  long contentLength;
  boolean chunked;
  boolean close;
  boolean keepAlive;
  boolean nominates; // Connection names something else than close, keep-alive and upgrade
  boolean upgrade;
  boolean switches; // Connection names Upgrade, without which that is not to be heeded
  boolean hopByHop; // some field is there that concerns one connection only
  int hosts;
  int host; // index of the last Host field
  int expect; // index of an Expect field, or -1

  /**
   * Reads all lines from {@code at} to the empty line, which ends at {@code end}.
   *
   * @throws MalformedException also for contradictory lengths
   */
  void parse(byte[] head, int at, int end, RawHeaders into) throws MalformedException {
    contentLength = NO_LENGTH;
    chunked = false;
    close = false;
    keepAlive = false;
    nominates = false;
    upgrade = false;
    switches = false;
    hopByHop = false;
    hosts = 0;
    host = -1;
    expect = -1;
    var line = at;
    while (line < end - 2) {
      line = parseLine(head, line, into);
    }
    if (chunked && contentLength != NO_LENGTH) {
      throw new MalformedException("both Content-Length and Transfer-Encoding");
    }
  }

  private int parseLine(byte[] head, int start, RawHeaders into) throws MalformedException {
    var i = start;
    while (Syntax.isToken(head[i])) {
      i++;
    }
    if (i == start || head[i] != ':') {
      throw new MalformedException("a header line without a proper name and colon");
    }
    var nameEnd = i;
    i++;
    while (Syntax.isBlank(head[i])) {
      i++;
    }
    var valueStart = i;
    while (Syntax.isField(head[i])) {
      i++;
    }
    if (head[i] != Syntax.CR || head[i + 1] != Syntax.LF) {
      throw new MalformedException("a control character in a header value");
    }
    var valueEnd = i;
    while (valueEnd > valueStart && Syntax.isBlank(head[valueEnd - 1])) {
      valueEnd--;
    }
    var field = into.size();
    into.found(start, nameEnd, valueStart, valueEnd);
    note(into, field, nameEnd - start);
    return i + 2;
  }

  /** The length of a name decides which special one it may be; most are none. */
  private void note(RawHeaders headers, int field, int nameLength) throws MalformedException {
    switch (nameLength) {
      case 2 -> hopByHop |= headers.isNamed(field, "te");
      case 4 -> {
        if (headers.isNamed(field, "host")) {
          hosts++;
          host = field;
        }
      }
      case 6 -> {
        if (headers.isNamed(field, "expect")) {
          expect = field;
        }
      }
      case 7 -> {
        if (headers.isNamed(field, "upgrade")) {
          upgrade = true;
          hopByHop = true;
        }
      }
      case 10 -> {
        if (headers.isNamed(field, "connection")) {
          hopByHop = true;
          connection(headers.bytes(), headers.valueStart(field), headers.valueEnd(field));
        }
        hopByHop |= headers.isNamed(field, "keep-alive");
      }
      case 14 -> {
        if (headers.isNamed(field, "content-length")) {
          length(headers.bytes(), headers.valueStart(field), headers.valueEnd(field));
        }
        hopByHop |= headers.isNamed(field, "http2-settings");
      }
      case 16 -> hopByHop |= headers.isNamed(field, "proxy-connection");
      case 17 -> {
        if (headers.isNamed(field, "transfer-encoding")) {
          coding(headers.bytes(), headers.valueStart(field), headers.valueEnd(field));
        }
      }
      default -> {}
    }
  }

  private void length(byte[] head, int start, int end) throws MalformedException {
    if (contentLength != NO_LENGTH) {
      throw new MalformedException("Content-Length twice");
    }
    if (start == end || end - start > MAX_LENGTH_DIGITS) {
      throw new MalformedException("Content-Length is empty or too large");
    }
    var length = 0L;
    for (var i = start; i < end; i++) {
      if (!Syntax.isDigit(head[i])) {
        throw new MalformedException("Content-Length is not a number");
      }
      length = length * 10 + (head[i] - '0');
    }
    contentLength = length;
  }

  private void coding(byte[] head, int start, int end) throws MalformedException {
    if (chunked || !Syntax.equalsIgnoreCase(head, start, end, "chunked")) {
      throw new MalformedException("Transfer-Encoding is not just 'chunked', once");
    }
    chunked = true;
    hopByHop = true;
  }

  private void connection(byte[] head, int start, int end) {
    var i = start;
    while (i < end) {
      var from = i;
      while (i < end && head[i] != ',') {
        i++;
      }
      var to = i;
      while (from < to && Syntax.isBlank(head[from])) {
        from++;
      }
      while (to > from && Syntax.isBlank(head[to - 1])) {
        to--;
      }
      if (Syntax.equalsIgnoreCase(head, from, to, "close")) {
        close = true;
      } else if (Syntax.equalsIgnoreCase(head, from, to, "keep-alive")) {
        keepAlive = true;
      } else if (Syntax.equalsIgnoreCase(head, from, to, "upgrade")) {
        switches = true;
      } else if (from < to) {
        nominates = true;
      }
      i++;
    }
  }
}
