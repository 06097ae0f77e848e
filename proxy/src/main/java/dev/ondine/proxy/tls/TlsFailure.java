package dev.ondine.proxy.tls;

import java.util.Locale;

/**
 * Why two sidecars did not agree: the word in metrics, in logs and in the detail of an answer. A
 * fixed set.
 */
public enum TlsFailure {
  /** This sidecar has no credentials. */
  NO_IDENTITY,
  /** Nobody is named who may answer at the endpoint. */
  NOBODY_EXPECTED,
  /** The peer showed no certificate. */
  NO_CERTIFICATE,
  /** The peer's certificate names nobody by a URI. */
  NO_NAME,
  /** It names more than one. */
  SEVERAL_NAMES,
  /** Its name is no identity of a mesh. */
  MALFORMED_NAME,
  /** There is no bundle for its trust domain. */
  WRONG_TRUST_DOMAIN,
  /** None of its trust domain's roots issued it. */
  UNKNOWN_ISSUER,
  /** It is another than may answer at the endpoint. */
  WRONG_IDENTITY,
  /** It could issue certificates. */
  CA_CERTIFICATE,
  /** Its use does not allow this role. */
  WRONG_USAGE,
  WEAK_KEY,
  /** It is none that could be read. */
  MALFORMED_CERTIFICATE,
  CHAIN_TOO_LONG,
  /** By this host's clock. */
  EXPIRED,
  /** By this host's clock. */
  NOT_YET_VALID,
  /** The peer did not like what it was shown. */
  REFUSED_BY_PEER,
  PEER_LEFT,
  TIMED_OUT,
  /** What came is no TLS, or of no version that both speak. */
  PROTOCOL;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** The word: {@code wrong_identity}. */
  public String text() {
    return text;
  }
}
