package dev.ondine.proxy.identity;

/** Thrown for a certificate that is not what was asked for; the message says why. */
final class UnfitException extends Exception {
  private static final long serialVersionUID = 1L;

  UnfitException(String message) {
    super(message);
  }
}
