package dev.ondine.proxy.identity;

import static java.util.Objects.requireNonNull;

import dev.ondine.model.Identity;
import dev.ondine.model.InvalidResourceException;
import dev.ondine.proxy.grpcclient.SigningChannel;
import dev.ondine.proxy.tls.Credentials;
import java.security.KeyPair;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;

/**
 * Who the workload says it is; control decides.
 *
 * @param advice what an operator can do where nothing proves it
 */
public record Claim(String namespace, String serviceAccount, String advice) {
  private static final int URI = 6; // the kind of a name, RFC 5280, section 4.2.1.6

  public Claim {
    requireNonNull(namespace, "namespace");
    requireNonNull(serviceAccount, "serviceAccount");
    requireNonNull(advice, "advice");
  }

  boolean isMet(Identity identity) {
    return identity.namespace().equals(namespace)
        && identity.serviceAccount().equals(serviceAccount);
  }

  /** What was certified, if it is what was asked for. */
  Held check(SigningChannel.Signed signed, KeyPair keys, Instant now) throws UnfitException {
    var leaf = signed.chain().getFirst();
    if (!leaf.getPublicKey().equals(keys.getPublic())) {
      throw new UnfitException("control certified another key");
    }
    var identity = name(leaf);
    if (!isMet(identity)) {
      throw new UnfitException(
          "control certified " + identity + " instead of " + serviceAccount + "." + namespace);
    }
    if (signed.bundles().of(identity.trustDomain()).isEmpty()) {
      throw new UnfitException("control sent no roots of " + identity.trustDomain());
    }
    return new Held(
        identity, new Credentials(signed.chain(), keys.getPrivate()), signed.bundles(), now);
  }

  private static Identity name(X509Certificate leaf) throws UnfitException {
    try {
      var names = leaf.getSubjectAlternativeNames();
      if (names != null && names.size() == 1) {
        var only = names.iterator().next();
        if (only.getFirst() instanceof Integer kind && kind == URI) {
          return Identity.parse(String.valueOf(only.get(1)));
        }
      }
    } catch (CertificateParsingException | InvalidResourceException e) {
      throw new UnfitException("control's certificate names nobody: " + e.getMessage());
    }
    throw new UnfitException("control's certificate does not have one URI, and no other name");
  }
}
