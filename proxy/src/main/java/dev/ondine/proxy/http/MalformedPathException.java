package dev.ondine.proxy.http;

/** A path that servers read in different ways. Carries no stack trace: peers cause it. */
public final class MalformedPathException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedPathException(String detail) {
    super(detail, null, false, false);
  }

  /** What is wrong with it; names no data of the caller. */
  public String detail() {
    return String.valueOf(getMessage());
  }
}
