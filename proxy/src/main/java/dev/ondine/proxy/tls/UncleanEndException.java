package dev.ondine.proxy.tls;

import java.io.IOException;

/** A peer ended its side of TCP and not that of TLS: whoever cuts the connection can do that. */
final class UncleanEndException extends IOException {
  private static final long serialVersionUID = 1L;

  UncleanEndException() {
    super("the peer ended its side without close_notify");
  }
}
