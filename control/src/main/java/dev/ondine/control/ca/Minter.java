package dev.ondine.control.ca;

import dev.ondine.model.Identity;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes certificates: a root, an intermediate, a workload's. What is in each is said only here. */
final class Minter {
  private static final X500Name NOBODY = new X500NameBuilder(BCStyle.INSTANCE).build();
  private static final int SERIAL_BITS = 159; // the most that fit the 20 bytes of RFC 5280

  // A constraint on URIs is one on their hosts, which are DNS names of several labels (RFC 5280).
  private static final Pattern DNS_NAME =
      Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+");

  // More for authorities than for leaves, so that a leaf is never valid before what issued it.
  private static final Duration AUTHORITY_BACKDATE = Duration.ofHours(1);

  private final CaSettings settings;
  private final SecureRandom random;

  Minter(CaSettings settings, SecureRandom random) {
    this.settings = settings;
    this.random = random;
  }

  /** What one certificate is made of. */
  private record Plan(
      X500Name issuer,
      X500Name subject,
      PublicKey key,
      Instant notBefore,
      Instant notAfter,
      Optional<X509Certificate> authority,
      List<Part> parts) {}

  private record Part(ASN1ObjectIdentifier name, boolean critical, ASN1Encodable value) {}

  /** A root for a new key on P-384. */
  Root root(String trustDomain, Instant now) {
    var keys = Keys.generate(Keys.P384, random);
    var name = name(trustDomain, "root", now);
    var certificate =
        mint(
            new Plan(
                name,
                name,
                keys.getPublic(),
                now.minus(AUTHORITY_BACKDATE),
                now.plus(settings.root()),
                Optional.empty(),
                List.of(
                    new Part(Extension.basicConstraints, true, new BasicConstraints(1)),
                    authorityUsage(),
                    uri("spiffe://" + trustDomain, false))),
            keys.getPrivate());
    return new Root(certificate, Optional.of(keys.getPrivate()));
  }

  /** An intermediate for a new key on P-256, never valid for longer than the root. */
  Issuer intermediate(String trustDomain, Root root, Instant now) {
    var rootKey = root.key().orElseThrow(() -> new CaException("the root's key is not at hand"));
    var keys = Keys.generate(Keys.P256, random);
    var parts =
        new ArrayList<>(
            List.of(
                new Part(Extension.basicConstraints, true, new BasicConstraints(0)),
                authorityUsage(),
                uri("spiffe://" + trustDomain, false)));
    if (DNS_NAME.matcher(trustDomain).matches()) {
      var only = new GeneralName(GeneralName.uniformResourceIdentifier, trustDomain);
      parts.add(
          new Part(
              Extension.nameConstraints,
              true,
              new NameConstraints(new GeneralSubtree[] {new GeneralSubtree(only)}, null)));
    }
    var certificate =
        mint(
            new Plan(
                X500Name.getInstance(root.certificate().getSubjectX500Principal().getEncoded()),
                name(trustDomain, "intermediate", now),
                keys.getPublic(),
                now.minus(AUTHORITY_BACKDATE),
                earlier(now.plus(settings.intermediate()), root.certificate()),
                Optional.of(root.certificate()),
                parts),
            rootKey);
    return new Issuer(keys.getPrivate(), List.of(certificate), root.certificate());
  }

  /** A workload's certificate, never valid for longer than what issued it. */
  X509Certificate leaf(Identity identity, PublicKey key, Issuer issuer, Instant now) {
    return mint(
        new Plan(
            X500Name.getInstance(issuer.certificate().getSubjectX500Principal().getEncoded()),
            NOBODY,
            key,
            now.minus(settings.backdate()),
            earlier(now.plus(settings.leaf()), issuer.certificate()),
            Optional.of(issuer.certificate()),
            List.of(
                new Part(Extension.basicConstraints, true, new BasicConstraints(false)),
                new Part(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature)),
                new Part(
                    Extension.extendedKeyUsage,
                    false,
                    new ExtendedKeyUsage(
                        new KeyPurposeId[] {
                          KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                        })),
                // Critical, because there is no subject (RFC 5280, section 4.2.1.6).
                uri(identity.spiffeId(), true))),
        issuer.key());
  }

  private X509Certificate mint(Plan plan, PrivateKey signer) {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              plan.issuer(),
              serial(),
              Date.from(plan.notBefore().truncatedTo(ChronoUnit.SECONDS)),
              Date.from(plan.notAfter().truncatedTo(ChronoUnit.SECONDS)),
              plan.subject(),
              plan.key());
      for (var part : plan.parts()) {
        builder.addExtension(part.name(), part.critical(), part.value());
      }
      var extensions = new JcaX509ExtensionUtils();
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(plan.key()));
      if (plan.authority().isPresent()) {
        builder.addExtension(
            Extension.authorityKeyIdentifier,
            false,
            extensions.createAuthorityKeyIdentifier(plan.authority().get().getPublicKey()));
      }
      var content =
          new JcaContentSignerBuilder(Keys.signature(signer)).setSecureRandom(random).build(signer);
      return new JcaX509CertificateConverter().getCertificate(builder.build(content));
    } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
      throw new CaException("a certificate cannot be signed: " + e.getMessage(), e);
    }
  }

  private BigInteger serial() {
    return new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS - 1); // never 0, all one length
  }

  private static Instant earlier(Instant wanted, X509Certificate issuer) {
    var bound = issuer.getNotAfter().toInstant();
    return wanted.isBefore(bound) ? wanted : bound;
  }

  private static Part authorityUsage() {
    return new Part(
        Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
  }

  private static Part uri(String uri, boolean critical) {
    return new Part(
        Extension.subjectAlternativeName,
        critical,
        new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
  }

  /** One of its own for each authority: verifiers look for an issuer by its name. */
  private X500Name name(String trustDomain, String role, Instant now) {
    return new X500NameBuilder(BCStyle.INSTANCE)
        .addRDN(BCStyle.O, "Ondine")
        .addRDN(
            BCStyle.CN,
            trustDomain
                + " "
                + role
                + " "
                + now.truncatedTo(ChronoUnit.SECONDS)
                + " "
                + Integer.toHexString(random.nextInt()))
        .build();
  }
}
