package dev.ondine.proxy.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Shows control what the sidecar is certified with at that moment; nothing, where there is nothing.
 *
 * <p>A name stands for one generation of it, so that a certificate and its key belong together.
 */
public final class OwnKeys extends X509ExtendedKeyManager {
  private final IdentitySource identity;

  /** Shows what comes from here. */
  public OwnKeys(IdentitySource identity) {
    this.identity = identity;
  }

  private @Nullable String name() {
    return identity.current().map(own -> Long.toString(own.generation())).orElse(null);
  }

  private @Nullable Credentials named(String name) {
    return identity
        .current()
        .filter(own -> Long.toString(own.generation()).equals(name))
        .map(MeshCredentials::credentials)
        .orElse(null);
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] types, Principal[] issuers, SSLEngine engine) {
    return name();
  }

  @Override
  public @Nullable String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
    return name();
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String name) {
    var credentials = named(name);
    return credentials == null ? null : credentials.chain().toArray(X509Certificate[]::new);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String name) {
    var credentials = named(name);
    return credentials == null ? null : credentials.key();
  }

  @Override
  public String @Nullable [] getClientAliases(String type, Principal[] issuers) {
    var name = name();
    return name == null ? null : new String[] {name};
  }

  // ---- it is no server --------------------------------------------------------------------------

  @Override
  public String @Nullable [] getServerAliases(String type, Principal[] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
    return null;
  }
}
