package dev.ondine.control.ca;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A key manager whose key and certificates are the newest at each handshake. A handshake asks
 * several times, so each answer has a name that keeps its meaning.
 */
public final class OwnKeys extends X509ExtendedKeyManager {
  /** Handshakes end within seconds, certificates live much longer. */
  private static final int KEPT = 4;

  private final Supplier<Optional<KeyAndChain>> newest;
  private final ConcurrentSkipListMap<Long, KeyAndChain> kept = new ConcurrentSkipListMap<>();

  /**
   * @param newest empty while there is none: handshakes then fail
   */
  public OwnKeys(Supplier<Optional<KeyAndChain>> newest) {
    this.newest = newest;
  }

  private @Nullable String alias(String keyType) {
    var current = newest.get().orElse(null);
    if (current == null || !current.key().getAlgorithm().equals(keyType)) {
      return null;
    }
    synchronized (kept) {
      var last = kept.lastEntry();
      if (last == null || !last.getValue().equals(current)) {
        var next = last == null ? 0 : last.getKey() + 1;
        kept.put(next, current);
        if (kept.size() > KEPT) {
          kept.pollFirstEntry();
        }
        return Long.toString(next);
      }
      return Long.toString(last.getKey());
    }
  }

  private @Nullable KeyAndChain named(@Nullable String alias) {
    try {
      return alias == null ? null : kept.get(Long.valueOf(alias));
    } catch (NumberFormatException _) {
      return null;
    }
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
    return alias(keyType);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(@Nullable String alias) {
    var found = named(alias);
    return found == null ? null : found.chain().toArray(X509Certificate[]::new);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(@Nullable String alias) {
    var found = named(alias);
    return found == null ? null : found.key();
  }

  @Override
  public @Nullable String chooseServerAlias(
      String keyType, Principal @Nullable [] issuers, Socket socket) {
    return alias(keyType);
  }

  @Override
  public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
    var alias = alias(keyType);
    return alias == null ? null : new String[] {alias};
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] keyTypes, Principal @Nullable [] issuers, Socket socket) {
    return null; // a server's
  }

  @Override
  public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
    return null;
  }
}
