package dev.ondine.proxy.http.http1;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.HttpVersion;
import dev.ondine.proxy.http.RequestHead;
import dev.ondine.proxy.http.ResponseHead;
import dev.ondine.proxy.http.WebSocketHandshake;

/** Writes the heads of answers and decides how their bodies are delimited (RFC 9112, section 6). */
final class AnswerHead {
  private static final byte[] CLOSE = "connection: close\r\n".getBytes(US_ASCII);
  private static final byte[] KEEP_ALIVE = "connection: keep-alive\r\n".getBytes(US_ASCII);
  private static final byte[] SWITCH = "connection: upgrade\r\nupgrade: ".getBytes(US_ASCII);

  /** How an answer's body leaves. */
  enum Body {
    NONE,
    LENGTH,
    CHUNKED,
    UNTIL_CLOSE,
    /** None: a tunnel's bytes follow, and the client's come. */
    TUNNEL
  }

  private AnswerHead() {}

  /** How the body of this answer leaves. */
  static Body body(RequestHead request, int status, BodyStream body) {
    if (request.isOpenedBy(status)) {
      return Body.TUNNEL;
    }
    if (status == 204 || status == 304 || request.method().equals("HEAD")) {
      return Body.NONE;
    }
    if (body.length() != BodyStream.UNKNOWN) {
      return Body.LENGTH;
    }
    return request.version() == HttpVersion.HTTP_1_0 ? Body.UNTIL_CLOSE : Body.CHUNKED;
  }

  static HeadWriter write(
      HeadWriter writer,
      RequestHead request,
      ResponseHead head,
      Body kind,
      long length,
      boolean keepAlive) {
    writer.start().bytes(StatusLine.of(head.status())).fields(head.headers());
    switch (kind) {
      case LENGTH -> writer.contentLength(length);
      case CHUNKED -> writer.chunked();
      case NONE -> {
        var stated = head.status() == 204 ? null : head.headers().get("content-length");
        if (stated != null) { // what a GET would have had
          writer.text("content-length: ").text(stated).line();
        }
      }
      case TUNNEL -> {
        return tunnel(writer, request, head);
      }
      case UNTIL_CLOSE -> {}
    }
    if (!keepAlive) {
      writer.bytes(CLOSE);
    } else if (request.version() == HttpVersion.HTTP_1_0) {
      writer.bytes(KEEP_ALIVE);
    }
    return writer.line();
  }

  /** What follows has no length and no coding, and ends with the connection. */
  private static HeadWriter tunnel(HeadWriter writer, RequestHead request, ResponseHead head) {
    if (request.protocol().isPresent()) {
      writer.bytes(SWITCH).text(request.protocol().get()).line();
      var key = request.headers().get(WebSocketHandshake.KEY);
      if (key != null && !head.headers().contains(WebSocketHandshake.ACCEPT)) {
        // The endpoint speaks HTTP/2, where nobody asks for this.
        writer
            .text(WebSocketHandshake.ACCEPT)
            .text(": ")
            .text(WebSocketHandshake.accept(key))
            .line();
      }
    }
    return writer.line();
  }

  /** An interim answer. */
  static HeadWriter interim(HeadWriter writer, ResponseHead head) {
    return writer.start().bytes(StatusLine.of(head.status())).fields(head.headers()).line();
  }
}
