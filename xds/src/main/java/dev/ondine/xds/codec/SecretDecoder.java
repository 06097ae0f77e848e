package dev.ondine.xds.codec;

import com.google.protobuf.ByteString;
import dev.ondine.model.TrustBundle;
import dev.ondine.model.TrustBundles;
import dev.ondine.xds.codec.WireReader.AnyValue;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a {@code Secret} with the bundles of all trust domains, as Envoy's SPIFFE validator takes
 * it. Own certificates never come this way: a key does not leave the machine that it was made on.
 */
final class SecretDecoder {
  private static final String SPIFFE =
      "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.SPIFFECertValidatorConfig";
  private static final int MAX_ROOTS = 64; // of one trust domain

  private SecretDecoder() {}

  static TrustBundles read(WireReader in) {
    var bundles = TrustBundles.NONE;
    while (in.next()) {
      switch (in.field()) {
        case 2 -> throw in.unsupported("tls_certificate");
        case 3 -> throw in.unsupported("session_ticket_keys");
        case 4 -> bundles = in.message("validation_context", SecretDecoder::validation);
        case 5 -> throw in.unsupported("generic_secret");
        default -> in.skip();
      }
    }
    if (bundles.byDomain().isEmpty()) {
      throw in.invalid("validation_context", "has no trust domain");
    }
    return bundles;
  }

  private static TrustBundles validation(WireReader in) {
    var bundles = TrustBundles.NONE;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> throw in.unsupported("trusted_ca"); // it does not say of which trust domain
        case 12 -> bundles = in.message("custom_validator_config", SecretDecoder::validator);
        default -> in.skip();
      }
    }
    return bundles;
  }

  private static TrustBundles validator(WireReader in) {
    var config = new AnyValue("", ByteString.EMPTY);
    while (in.next()) {
      if (in.field() == 2) {
        config = in.message("typed_config", WireReader::any);
      } else {
        in.skip();
      }
    }
    if (!config.typeUrl().equals(SPIFFE)) {
      throw in.invalid("typed_config", "'" + config.typeUrl() + "' is not supported");
    }
    return in.unpack("typed_config", config, SecretDecoder::trustDomains);
  }

  private static TrustBundles trustDomains(WireReader in) {
    var bundles = new HashMap<String, TrustBundle>();
    var index = 0;
    while (in.next()) {
      if (in.field() == 1) {
        var bundle = in.message("trust_domains", index++, SecretDecoder::trustDomain);
        if (bundles.put(bundle.trustDomain(), bundle) != null) {
          throw in.invalid("trust_domains", "'" + bundle.trustDomain() + "' is there twice");
        }
      } else {
        in.skip();
      }
    }
    return new TrustBundles(Map.copyOf(bundles));
  }

  private static TrustBundle trustDomain(WireReader in) {
    var name = "";
    var roots = List.<X509Certificate>of();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.string("name");
        case 2 -> roots = in.message("trust_bundle", SecretDecoder::source);
        default -> in.skip();
      }
    }
    return new TrustBundle(name, roots, 0);
  }

  private static List<X509Certificate> source(WireReader in) {
    var roots = List.<X509Certificate>of();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> throw in.unsupported("filename");
        case 2 -> roots = certificates(in, in.bytes("inline_bytes"));
        case 3 -> roots = certificates(in, ByteString.copyFromUtf8(in.string("inline_string")));
        case 4 -> throw in.unsupported("environment_variable");
        default -> in.skip();
      }
    }
    return roots;
  }

  private static List<X509Certificate> certificates(WireReader in, ByteString pem) {
    var roots = new ArrayList<X509Certificate>();
    try {
      for (var root :
          CertificateFactory.getInstance("X.509").generateCertificates(pem.newInput())) {
        roots.add((X509Certificate) root);
      }
    } catch (CertificateException e) {
      throw in.invalid("", "cannot be read as certificates in PEM: " + e.getMessage());
    }
    if (roots.size() > MAX_ROOTS) {
      throw in.invalid("", "has " + roots.size() + " certificates, more than " + MAX_ROOTS);
    }
    return roots;
  }
}
