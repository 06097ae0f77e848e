package dev.ondine.proxy.http.http1;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.HttpVersion;
import dev.ondine.proxy.http.RequestHead;
import dev.ondine.proxy.http.ResponseHead;

/** Writes the heads of answers and decides how their bodies are delimited (RFC 9112, section 6). */
final class AnswerHead {
  private static final byte[] CLOSE = "connection: close\r\n".getBytes(US_ASCII);
  private static final byte[] KEEP_ALIVE = "connection: keep-alive\r\n".getBytes(US_ASCII);

  /** How an answer's body leaves. */
  enum Body {
    NONE,
    LENGTH,
    CHUNKED,
    UNTIL_CLOSE
  }

  private AnswerHead() {}

  /** How the body of this answer leaves. */
  static Body body(RequestHead request, int status, BodyStream body) {
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
      case UNTIL_CLOSE -> {}
    }
    if (!keepAlive) {
      writer.bytes(CLOSE);
    } else if (request.version() == HttpVersion.HTTP_1_0) {
      writer.bytes(KEEP_ALIVE);
    }
    return writer.line();
  }

  /** An interim answer. */
  static HeadWriter interim(HeadWriter writer, ResponseHead head) {
    return writer.start().bytes(StatusLine.of(head.status())).fields(head.headers()).line();
  }
}
