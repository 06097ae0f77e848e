package dev.ondine.proxy.detect;

import java.util.List;

/** Which protocols a TLS client offers to speak (ALPN, RFC 7301), by its first bytes. */
public sealed interface Offer {
  /** A whole ClientHello; the list is empty if it offers none. */
  record Protocols(List<String> names) implements Offer {
    public Protocols {
      names = List.copyOf(names);
    }
  }

  /**
   * No ClientHello that could be read without doubt.
   *
   * @param why for the log
   */
  record Malformed(String why) implements Offer {}

  /** The ClientHello goes on. */
  record NeedMore() implements Offer {}

  Offer NEED_MORE = new NeedMore();
}
