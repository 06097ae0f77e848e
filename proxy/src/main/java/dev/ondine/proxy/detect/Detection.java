package dev.ondine.proxy.detect;

/** What a connection's first bytes say about the protocol spoken on it. */
public sealed interface Detection {
  /** A TLS ClientHello. */
  record Tls() implements Detection {}

  /** A request line of HTTP/1.x. */
  record Http1() implements Detection {}

  /** The connection preface of HTTP/2 with prior knowledge (RFC 9113, section 3.4). */
  record Http2() implements Detection {}

  /** None of those that can be told apart: relayed as it is. */
  record Opaque() implements Detection {}

  /**
   * Not enough bytes to tell.
   *
   * @param bytes how many are needed from the connection's start before asking again makes sense
   */
  record NeedMore(int bytes) implements Detection {}

  Detection TLS = new Tls();
  Detection HTTP1 = new Http1();
  Detection HTTP2 = new Http2();
  Detection OPAQUE = new Opaque();
}
