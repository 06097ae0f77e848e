package dev.ondine.proxy.http.http1;

import dev.ondine.proxy.http.Reason;
import io.netty.buffer.ByteBuf;

/**
 * Finds the end of a head, or of trailers, in bytes that come in pieces, looking at each byte once.
 *
 * <p>Refuses what is too large and line ends that are not CRLF before anything waits for more.
 */
final class HeadFinder {
  private final HeadLimits limits;
  private int scanned; // bytes after the reader index that were looked at
  private int lineStart; // of the current line, likewise
  private int fieldsStart; // behind the first line
  private int lines;

  HeadFinder(HeadLimits limits) {
    this.limits = limits;
  }

  /** Starts over, for the next head. */
  void reset() {
    scanned = 0;
    lineStart = 0;
    fieldsStart = 0;
    lines = 0;
  }

  /** For trailers, which have no first line. */
  void resetForTrailers() {
    reset();
    lines = 1;
  }

  /**
   * Looks for the empty line.
   *
   * @return the head's length with the empty line, or -1: not complete
   */
  int find(ByteBuf in) throws MalformedException {
    var start = in.readerIndex();
    var end = in.writerIndex();
    while (true) {
      var lf = in.indexOf(start + scanned, end, Syntax.LF);
      if (lf < 0) {
        scanned = end - start;
        check(scanned);
        return -1;
      }
      var at = lf - start;
      if (at == 0 || in.getByte(lf - 1) != Syntax.CR) {
        throw new MalformedException("a line ends in LF without CR");
      }
      scanned = at + 1;
      var empty = at - lineStart == 1;
      check(at - 1);
      lineStart = scanned;
      if (lines == 0) {
        fieldsStart = scanned;
      }
      lines++;
      if (empty && lines > 1) {
        return scanned;
      }
      if (empty) {
        throw new MalformedException("an empty line instead of a first line");
      }
    }
  }

  private void check(int upTo) throws MalformedException {
    if (lines == 0) {
      if (upTo > limits.line()) {
        throw new MalformedException(
            Reason.URI_TOO_LONG, "the first line is longer than " + limits.line() + " bytes");
      }
    } else if (upTo - fieldsStart > limits.fields() || lines > limits.count() + 1) {
      throw new MalformedException(
          Reason.HEADER_TOO_LARGE,
          "more than " + limits.fields() + " bytes or " + limits.count() + " lines of headers");
    }
  }
}
