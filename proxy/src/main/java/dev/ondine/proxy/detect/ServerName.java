package dev.ondine.proxy.detect;

/** What the first bytes of a TLS connection say about the server that is meant. */
public sealed interface ServerName {
  /**
   * A host name.
   *
   * @param host in lower case; letters, digits, {@code - _ .} only
   */
  record Named(String host) implements ServerName {}

  /** A whole ClientHello that names nobody. */
  record Unnamed() implements ServerName {}

  /**
   * No ClientHello that could be read without doubt.
   *
   * @param why for the log
   */
  record Malformed(String why) implements ServerName {}

  /** The ClientHello goes on. */
  record NeedMore() implements ServerName {}

  ServerName UNNAMED = new Unnamed();
  ServerName NEED_MORE = new NeedMore();
}
