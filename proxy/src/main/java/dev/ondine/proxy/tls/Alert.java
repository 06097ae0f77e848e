package dev.ondine.proxy.tls;

import dev.ondine.proxy.http.Reason;

/** A fatal TLS alert (RFC 8446, section 6), as a server may send it in answer to a ClientHello. */
public enum Alert {
  ACCESS_DENIED(49),
  INTERNAL_ERROR(80),
  UNRECOGNIZED_NAME(112);

  private static final byte RECORD = 21;
  private static final byte MAJOR = 3;
  private static final byte MINOR = 3; // what every version writes here by now
  private static final byte LENGTH = 2;
  private static final byte FATAL = 2;

  private final byte description;

  Alert(int description) {
    this.description = (byte) description;
  }

  /** What a client whose connection is refused for this reason is told. */
  public static Alert of(Reason reason) {
    return switch (reason) {
      case NO_SUCH_SERVICE, NO_ROUTE -> UNRECOGNIZED_NAME;
      case NOT_PERMITTED, PLAINTEXT_REFUSED -> ACCESS_DENIED;
      default -> INTERNAL_ERROR; // the protocol has no word for it
    };
  }

  /** The alert in a record of its own, not encrypted: nothing is agreed yet. */
  public byte[] record() {
    return new byte[] {RECORD, MAJOR, MINOR, 0, LENGTH, FATAL, description};
  }
}
