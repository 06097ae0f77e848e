package dev.ondine.proxy.http.http1;

import dev.ondine.proxy.http.Reason;

/** A message that breaks HTTP/1.1 or one of our bounds. Carries no stack trace: peers cause it. */
final class MalformedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  MalformedException(Reason reason, String detail) {
    super(detail, null, false, false);
    this.reason = reason;
  }

  /** Plain bad syntax. */
  MalformedException(String detail) {
    this(Reason.BAD_REQUEST, detail);
  }

  Reason reason() {
    return reason;
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
