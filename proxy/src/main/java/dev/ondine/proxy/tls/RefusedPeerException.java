package dev.ondine.proxy.tls;

import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import org.jspecify.annotations.Nullable;

/** A peer's certificate was not accepted. Costs no stack trace, since anybody can cause it. */
final class RefusedPeerException extends CertificateException {
  private static final long serialVersionUID = 1L;

  private final TlsFailure failure;

  RefusedPeerException(TlsFailure failure, String detail) {
    super(detail, forAlert(failure));
    this.failure = failure;
  }

  TlsFailure failure() {
    return failure;
  }

  /** What the TLS library makes an alert of, so that the peer learns as much as TLS has words. */
  private static @Nullable Throwable forAlert(TlsFailure failure) {
    return switch (failure) {
      case EXPIRED -> because(CertPathValidatorException.BasicReason.EXPIRED);
      case NOT_YET_VALID -> because(CertPathValidatorException.BasicReason.NOT_YET_VALID);
      default -> null;
    };
  }

  private static CertPathValidatorException because(CertPathValidatorException.Reason reason) {
    return new CertPathValidatorException(String.valueOf(reason), null, null, -1, reason);
  }

  @Override
  public Throwable fillInStackTrace() {
    return this;
  }
}
