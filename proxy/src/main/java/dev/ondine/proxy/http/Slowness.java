package dev.ondine.proxy.http;

/** What a client was too slow at, so that it was broken off. */
public enum Slowness {
  /** Sending what precedes the body, and a connection's first bytes. */
  HEAD("the request came too slowly"),
  /** Sending the body. */
  BODY("the body comes too slowly"),
  /** Taking the answer. */
  ANSWER("the client takes the answer too slowly");

  private final String detail;

  Slowness(String detail) {
    this.detail = detail;
  }

  /** How its requests end. */
  public Failure failure() {
    return Failure.perhapsSent(Reason.REQUEST_TIMEOUT, detail);
  }
}
