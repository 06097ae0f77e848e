package dev.ondine.proxy.http.http1;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.RequestHead;
import dev.ondine.proxy.http.WebSocketHandshake;

/** Writes the heads of requests to endpoints. */
final class RequestLine {
  private static final byte[] VERSION_AND_HOST = " HTTP/1.1\r\nhost: ".getBytes(US_ASCII);

  private static final byte[] SWITCH = "connection: upgrade\r\nupgrade: ".getBytes(US_ASCII);

  private RequestLine() {}

  /** The whole head of a request for a tunnel; what follows, if it opens, has no framing. */
  static HeadWriter tunnel(HeadWriter writer, RequestHead request, String webSocketKey) {
    var target = request.isConnect() ? request.authority() : request.path();
    writer
        .start()
        .text(request.method())
        .text(" ")
        .text(target)
        .bytes(VERSION_AND_HOST)
        .text(request.authority())
        .line()
        .fields(request.headers());
    if (request.protocol().isPresent()) {
      writer.bytes(SWITCH).text(request.protocol().get()).line();
      if (!webSocketKey.isEmpty()) {
        writer.text(WebSocketHandshake.KEY).text(": ").text(webSocketKey).line();
      }
    }
    return writer.line();
  }

  /** The whole head, for a body of this length. */
  static HeadWriter write(HeadWriter writer, RequestHead request, long bodyLength) {
    writer
        .start()
        .text(request.method())
        .text(" ")
        .text(request.path())
        .bytes(VERSION_AND_HOST)
        .text(request.authority())
        .line()
        .fields(request.headers());
    if (bodyLength == BodyStream.UNKNOWN) {
      writer.chunked();
    } else if (bodyLength > 0 || saysNone(request)) {
      writer.contentLength(bodyLength);
    }
    return writer.line();
  }

  /** Whether it must be said that no body comes (RFC 9110, section 8.6). */
  private static boolean saysNone(RequestHead request) {
    return switch (request.method()) {
      case "GET", "HEAD", "DELETE", "OPTIONS" -> request.headers().contains("content-length");
      default -> true;
    };
  }
}
