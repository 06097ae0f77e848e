package dev.ondine.it.system.identity;

import dev.ondine.testkit.tls.TestAuthority.Issued;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The JDK's TLS of somebody who shows whatever certificate he has, fit or not, and takes whoever
 * answers: the other side is what is tested.
 */
final class Shown extends X509ExtendedKeyManager {
  private static final String ALIAS = "shown";

  private final Issued issued;

  private Shown(Issued issued) {
    this.issued = issued;
  }

  /** Shows this; nothing where it is empty. */
  static SSLContext context(Optional<Issued> issued) throws GeneralSecurityException {
    var context = SSLContext.getInstance("TLSv1.3");
    var keys = issued.map(one -> new KeyManager[] {new Shown(one)}).orElse(new KeyManager[0]);
    context.init(keys, new TrustManager[] {new Anybody()}, null);
    return context;
  }

  /** Shows it by gRPC's choice of library. */
  static X509ExtendedKeyManager keys(Issued issued) {
    return new Shown(issued);
  }

  /** Takes anybody. */
  static X509ExtendedTrustManager anybody() {
    return new Anybody();
  }

  private @Nullable String alias(String... types) {
    for (var type : types) {
      if (type.startsWith(issued.key().getPrivate().getAlgorithm())) {
        return ALIAS;
      }
    }
    return null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] types, Principal @Nullable [] issuers, Socket socket) {
    return alias(types);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] types, Principal @Nullable [] issuers, SSLEngine engine) {
    return alias(types);
  }

  @Override
  public @Nullable String chooseServerAlias(
      String type, Principal @Nullable [] issuers, Socket socket) {
    return alias(type);
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String type, Principal @Nullable [] issuers, SSLEngine engine) {
    return alias(type);
  }

  @Override
  public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
    return new String[] {ALIAS};
  }

  @Override
  public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
    return new String[] {ALIAS};
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return issued.chain().toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return issued.key().getPrivate();
  }

  /** Looks at no certificate. */
  private static final class Anybody extends X509ExtendedTrustManager {
    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
