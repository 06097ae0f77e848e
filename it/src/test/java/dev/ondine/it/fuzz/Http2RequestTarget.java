package dev.ondine.it.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ondine.proxy.http.http1.Crossing;

/** Frames that a client sends, on their way to an origin that speaks HTTP/1.1. */
final class Http2RequestTarget implements FuzzTarget {
  // The preface and an empty SETTINGS frame: without them nothing else is read.
  private static final byte[] PREFACE =
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(ISO_8859_1);

  @Override
  public String name() {
    return "http2-request";
  }

  @Override
  public void parse(byte[] input) {
    var all = new byte[PREFACE.length + input.length];
    System.arraycopy(PREFACE, 0, all, 0, PREFACE.length);
    System.arraycopy(input, 0, all, PREFACE.length, input.length);
    var _ = RequestCrossing.send(Crossing::http2, all, all.length);
  }
}
