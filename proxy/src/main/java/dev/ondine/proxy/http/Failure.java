package dev.ondine.proxy.http;

import static java.util.Objects.requireNonNull;

/**
 * Why a layer could not bring an answer; typed where it happens, made a reply in one place.
 *
 * @param delivery whether the request may have been acted upon
 * @param detail for logs and the reply's text, made {@linkplain Details#printable printable}; names
 *     no secret and no caller's data
 */
public record Failure(Reason reason, Delivery delivery, String detail) {
  /** How far a request came before it failed. */
  public enum Delivery {
    /** Certainly not acted upon: any method may be sent again. */
    NOT_SENT,
    /** Perhaps: only idempotent methods may be sent again. */
    PERHAPS
  }

  public Failure {
    requireNonNull(reason, "reason");
    requireNonNull(delivery, "delivery");
    detail = Details.printable(detail);
  }

  /** The request was certainly not given to anyone who acts on it. */
  public static Failure notSent(Reason reason, String detail) {
    return new Failure(reason, Delivery.NOT_SENT, detail);
  }

  /** The request left, and nobody knows how far it came. */
  public static Failure perhapsSent(Reason reason, String detail) {
    return new Failure(reason, Delivery.PERHAPS, detail);
  }
}
