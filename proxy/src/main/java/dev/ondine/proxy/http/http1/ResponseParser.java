package dev.ondine.proxy.http.http1;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ondine.proxy.http.RequestHead;
import dev.ondine.proxy.http.ResponseHead;
import java.util.Arrays;

/** Reads the heads of answers (RFC 9112, section 4). One for each connection. */
final class ResponseParser {
  private static final byte[] HTTP_1 = "HTTP/1.".getBytes(US_ASCII);
  private static final int STATUS = 9;
  private static final int STATUS_END = 12;
  private static final int SWITCHING_PROTOCOLS = 101;

  private final FieldParser fields = new FieldParser();
  private boolean http10;
  private boolean switched;

  /** What the last head said of its connection and its body. */
  FieldParser fields() {
    return fields;
  }

  /** True if the connection may carry another exchange, as far as the last head says. */
  boolean keepsAlive() {
    return http10 ? fields.keepAlive && !fields.close : !fields.close;
  }

  /** True if the last head switches the connection to WebSocket. */
  boolean switchesToWebSocket() {
    return switched;
  }

  /**
   * Reads a head.
   *
   * @param head belongs to the result
   * @param length with the empty line
   */
  ResponseHead parse(byte[] head, int length) throws MalformedException {
    if (length < STATUS_END + 2
        || !Arrays.equals(head, 0, HTTP_1.length, HTTP_1, 0, HTTP_1.length)
        || !Syntax.isDigit(head[HTTP_1.length])
        || head[STATUS - 1] != Syntax.SP) {
      throw new MalformedException("the answer does not start with HTTP/1.1 and a status");
    }
    http10 = head[HTTP_1.length] == '0';
    var status = 0;
    for (var i = STATUS; i < STATUS_END; i++) {
      if (!Syntax.isDigit(head[i])) {
        throw new MalformedException("the status is not three digits");
      }
      status = status * 10 + (head[i] - '0');
    }
    if (status < 100 || status > 599) {
      throw new MalformedException("the status is out of range");
    }
    var end = STATUS_END;
    while (Syntax.isField(head[end])) {
      end++;
    }
    var reasoned = end == STATUS_END || head[STATUS_END] == Syntax.SP;
    if (!reasoned || head[end] != Syntax.CR || head[end + 1] != Syntax.LF) {
      throw new MalformedException("the status line holds what does not belong there");
    }
    var headers = new RawHeaders(head, length);
    fields.parse(head, end + 2, length, headers);
    switched =
        status == SWITCHING_PROTOCOLS
            && fields.switches
            && Upgrades.name(headers, RequestHead.WEBSOCKET);
    if (http10 && fields.chunked) { // RFC 9112, section 6.1
      throw new MalformedException("Transfer-Encoding in an answer of HTTP/1.0");
    }
    if (fields.hopByHop) {
      HopByHop.strip(headers, fields);
    }
    return new ResponseHead(status, headers);
  }
}
