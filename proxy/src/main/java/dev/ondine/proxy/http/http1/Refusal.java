package dev.ondine.proxy.http.http1;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ondine.proxy.http.LocalReply;

/** The answer to bytes that never became a request. */
final class Refusal {
  private static final byte[] HEADERS =
      "connection: close\r\ncontent-type: text/plain; charset=utf-8\r\n".getBytes(US_ASCII);

  private Refusal() {}

  /** A whole message, which the caller sends before it closes. */
  static HeadWriter write(HeadWriter writer, MalformedException why) {
    var reason = why.reason();
    var text = reason.text() + ": " + why.detail() + "\n";
    return writer
        .start()
        .bytes(StatusLine.of(reason.status()))
        .bytes(HEADERS)
        .text(LocalReply.REASON_HEADER)
        .text(": ")
        .text(reason.text())
        .line()
        .contentLength(text.length())
        .line()
        .text(text);
  }
}
