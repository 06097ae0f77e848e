package dev.ondine.proxy.http.http1;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.handler.codec.http.HttpResponseStatus;

/** The first lines of answers, made once. */
final class StatusLine {
  private static final int FIRST = 100;
  private static final int LAST = 599;
  private static final byte[][] LINES = new byte[LAST - FIRST + 1][];

  static {
    for (var status = FIRST; status <= LAST; status++) {
      var reason = HttpResponseStatus.valueOf(status).reasonPhrase();
      LINES[status - FIRST] = ("HTTP/1.1 " + status + " " + reason + "\r\n").getBytes(US_ASCII);
    }
  }

  private StatusLine() {}

  /** The line of a status from 100 to 599; belongs to this class. */
  static byte[] of(int status) {
    return LINES[status - FIRST];
  }
}
