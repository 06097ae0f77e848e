package dev.ondine.proxy.http.http1;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ondine.proxy.http.Headers;
import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Puts a head together, in an array that one loop uses again and again. Confined to its loop.
 *
 * <p>What goes in was checked when it was read or set; nothing here can break out of its line.
 */
final class HeadWriter {
  private static final int ROOM = 4096;
  private static final String LENGTH_NAME = "content-length";
  private static final byte[] LENGTH = (LENGTH_NAME + ": ").getBytes(US_ASCII);
  private static final byte[] CHUNKED = "transfer-encoding: chunked\r\n".getBytes(US_ASCII);
  private static final int MAX_DIGITS = 19;

  private final byte[] digits = new byte[MAX_DIGITS];
  private byte[] out = new byte[ROOM];
  private int length;

  /** Begins anew. */
  HeadWriter start() {
    length = 0;
    if (out.length > 4 * ROOM) {
      out = new byte[ROOM]; // one huge head shall not weigh for ever
    }
    return this;
  }

  HeadWriter bytes(byte[] bytes) {
    return copy(bytes, 0, bytes.length);
  }

  /** ISO-8859-1 text. */
  HeadWriter text(String text) {
    reserve(text.length());
    Text.copy(text, out, length);
    length += text.length();
    return this;
  }

  HeadWriter copy(byte[] from, int start, int end) {
    reserve(end - start);
    System.arraycopy(from, start, out, length, end - start);
    length += end - start;
    return this;
  }

  /** Ends a line. */
  HeadWriter line() {
    reserve(2);
    out[length++] = Syntax.CR;
    out[length++] = Syntax.LF;
    return this;
  }

  HeadWriter number(long number) {
    var i = MAX_DIGITS;
    var rest = number;
    do {
      digits[--i] = (byte) ('0' + rest % 10);
      rest /= 10;
    } while (rest > 0);
    return copy(digits, i, MAX_DIGITS);
  }

  /** All fields but Content-Length, which {@link #contentLength} writes. */
  HeadWriter fields(Headers headers) {
    if (headers instanceof RawHeaders raw) {
      raw.writeTo(this, LENGTH_NAME);
    } else {
      headers.forEach(this::field);
    }
    return this;
  }

  private void field(CharSequence name, CharSequence value) {
    if (!LENGTH_NAME.contentEquals(name)) {
      text(name.toString()).text(": ").text(value.toString()).line();
    }
  }

  HeadWriter contentLength(long bytes) {
    return bytes(LENGTH).number(bytes).line();
  }

  HeadWriter chunked() {
    return bytes(CHUNKED);
  }

  int length() {
    return length;
  }

  void writeTo(ByteBuf buffer) {
    buffer.writeBytes(out, 0, length);
  }

  private void reserve(int more) {
    if (length + more > out.length) {
      out = Arrays.copyOf(out, Math.max(length + more, 2 * out.length));
    }
  }
}
