package dev.ondine.control.ca;

import java.util.Locale;

/** Why a certificate was not issued: a fixed set, for metrics, audit and the caller's status. */
public enum Refusal {
  /** The request cannot be read, or says what no certificate of ours says. */
  MALFORMED(Kind.WRONG),
  /** The request does not prove that its sender has the key. */
  NO_POSSESSION(Kind.WRONG),
  WEAK_KEY(Kind.WRONG),
  /** It asks for an authority's certificate, or for any other extension that is never signed. */
  EXTENSION(Kind.WRONG),
  /** It names somebody else, or more than one. */
  OTHER_NAME(Kind.FORBIDDEN),
  /** Nothing proves who asks. */
  UNATTESTED(Kind.UNPROVEN),
  UNKNOWN_TOKEN(Kind.UNPROVEN),
  SPENT_TOKEN(Kind.FORBIDDEN),
  EXPIRED_TOKEN(Kind.FORBIDDEN),
  /** What proves who asks proves it for another identity. */
  OTHER_IDENTITY(Kind.FORBIDDEN),
  UNSUPPORTED(Kind.UNSUPPORTED),
  /** Another process issues now. */
  NOT_THE_ISSUER(Kind.NOT_NOW),
  CANNOT_SIGN(Kind.NOT_NOW);

  /** What a caller can do about it. */
  public enum Kind {
    WRONG,
    UNPROVEN,
    FORBIDDEN,
    UNSUPPORTED,
    NOT_NOW
  }

  private final Kind kind;

  Refusal(Kind kind) {
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }

  /** {@code spent_token}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
