package dev.ondine.xds.codec.encode;

import com.google.protobuf.ByteString;
import dev.ondine.model.TrustBundle;
import dev.ondine.model.TrustBundles;
import dev.ondine.xds.codec.MeshTls;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig.TrustDomain;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Comparator;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Whom to trust, as a secret; sorted, so that equal sets have equal bytes. */
final class SecretEncoder {
  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private SecretEncoder() {}

  /** The bundles of all trust domains, each for its own names only. */
  static Secret encode(TrustBundles bundles) {
    var validator = SPIFFECertValidatorConfig.newBuilder();
    new TreeMap<>(bundles.byDomain())
        .forEach(
            (domain, bundle) ->
                validator.addTrustDomains(
                    TrustDomain.newBuilder().setName(domain).setTrustBundle(pem(bundle))));
    return Secret.newBuilder()
        .setName(MeshTls.BUNDLES)
        .setValidationContext(
            CertificateValidationContext.newBuilder()
                .setCustomValidatorConfig(
                    TypedExtensionConfig.newBuilder()
                        .setName("envoy.tls.cert_validator.spiffe")
                        .setTypedConfig(Wire.pack(validator.build()))))
        .build();
  }

  /** The roots of one trust domain, for whom there is no other. */
  static Secret encode(TrustBundle bundle) {
    return Secret.newBuilder()
        .setName(MeshTls.ROOTS)
        .setValidationContext(CertificateValidationContext.newBuilder().setTrustedCa(pem(bundle)))
        .build();
  }

  private static DataSource pem(TrustBundle bundle) {
    var text =
        bundle.roots().stream()
            .map(SecretEncoder::pem)
            .sorted(Comparator.naturalOrder())
            .collect(Collectors.joining());
    return DataSource.newBuilder().setInlineBytes(ByteString.copyFromUtf8(text)).build();
  }

  private static String pem(X509Certificate root) {
    try {
      return "-----BEGIN CERTIFICATE-----\n"
          + LINES.encodeToString(root.getEncoded())
          + "\n-----END CERTIFICATE-----\n";
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read can be written", e);
    }
  }
}
