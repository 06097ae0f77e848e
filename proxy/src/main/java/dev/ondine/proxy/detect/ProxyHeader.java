package dev.ondine.proxy.detect;

import java.net.InetSocketAddress;
import java.util.Locale;

/**
 * What a connection's first bytes say in version 2 of the PROXY protocol (haproxy's
 * proxy-protocol.txt, section 2.2): whom a proxy before us speaks for.
 */
public sealed interface ProxyHeader {
  /** The longest one taken, with its TLVs. */
  int MAX_BYTES = 4_096;

  /**
   * The connection is made for this client.
   *
   * @param client its own end
   * @param length of the header, after which its bytes begin
   */
  record Proxied(InetSocketAddress client, int length) implements ProxyHeader {}

  /**
   * The proxy speaks for itself, such as for a health check, or for a client whose address is none
   * of IP and TCP: the connection's own ends count.
   */
  record Own(int length) implements ProxyHeader {}

  /** No header that may be believed. */
  record Malformed(Fault fault) implements ProxyHeader {}

  /** The header goes on. */
  record NeedMore() implements ProxyHeader {}

  /** What is wrong: the reason in metrics and log. */
  enum Fault {
    /** Other bytes: the payload of somebody who sends none. */
    NO_HEADER,
    /** Version 1, the line of text, which we do not take. */
    VERSION_1,
    VERSION,
    COMMAND,
    /** No family and transport that the protocol knows. */
    FAMILY,
    /** Too short for its addresses, or too long altogether. */
    LENGTH,
    /** A TLV that goes beyond the header. */
    TLV,
    CHECKSUM,
    /** It did not come to its end, in time or at all. */
    CUT_OFF;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** The word: {@code no_header}. */
    public String text() {
      return text;
    }
  }

  ProxyHeader NEED_MORE = new NeedMore();
}
