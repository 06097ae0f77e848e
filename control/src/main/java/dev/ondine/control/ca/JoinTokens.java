package dev.ondine.control.ca;

import dev.ondine.control.store.Compare;
import dev.ondine.control.store.Entry;
import dev.ondine.control.store.Op;
import dev.ondine.control.store.Store;
import dev.ondine.control.store.Transaction;
import dev.ondine.model.Identity;
import dev.ondine.model.InvalidResourceException;
import dev.ondine.model.JoinToken;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * Tokens that let a workload in once. The store holds the hash of each, so that who reads the store
 * cannot use one.
 */
public final class JoinTokens implements Attestor {
  static final String NAME = "token";

  private static final int SECRET_BYTES = 16;
  private static final int DELETED_AT_ONCE = 1_000;

  /** A token that was made, for whoever gives it to the workload. */
  public record Made(JoinToken token, Identity identity, Instant expires) {}

  private final Store store;
  private final CaSettings settings;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Audit audit;

  JoinTokens(
      Store store, CaSettings settings, InstantSource clock, SecureRandom random, Audit audit) {
    this.store = store;
    this.settings = settings;
    this.clock = clock;
    this.random = random;
    this.audit = audit;
  }

  /**
   * Makes a token.
   *
   * @param roots that the token pins, by their SHA-256 in hex
   * @throws CaException when its life is out of range or there are too many
   */
  Made create(Identity identity, Optional<Duration> life, List<String> roots) {
    var ttl = life.orElse(settings.token());
    CaSettings.within("token lifetime", ttl, Duration.ofSeconds(1), Duration.ofHours(24));
    sweep();
    if (store.range(StoredJson.TOKEN).entries().size() >= settings.maxTokens()) {
      throw new CaException(
          "there are " + settings.maxTokens() + " join tokens already; they go when they expire");
    }
    var secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    var now = clock.instant();
    var expires = now.plus(ttl);
    var json =
        StoredJson.object()
            .put("namespace", identity.namespace())
            .put("serviceAccount", identity.serviceAccount())
            .put("trustDomain", identity.trustDomain())
            .put("created", now.toString())
            .put("expires", expires.toString());
    store.put(key(secret), StoredJson.value(json));
    audit.tokenMade(identity, name(secret), expires);
    return new Made(
        new JoinToken(JoinToken.Secret.of(secret), roots, identity.trustDomain()),
        identity,
        expires);
  }

  @Override
  public Attested attest(Ask ask, Identity claimed) throws RefusedException {
    if (!(ask.proof() instanceof Ask.Proof.JoinToken shown)) {
      throw new IllegalArgumentException("no join token");
    }
    byte[] secret;
    try {
      secret = JoinToken.parse(shown.text()).secret().bytes();
    } catch (InvalidResourceException e) {
      throw new RefusedException(Refusal.UNKNOWN_TOKEN, String.valueOf(e.getMessage()));
    }
    var entry =
        store
            .get(key(secret))
            .orElseThrow(
                () ->
                    new RefusedException(
                        Refusal.UNKNOWN_TOKEN, "there is no join token " + name(secret)));
    var json = StoredJson.read(entry);
    refuseSpent(entry, secret);
    var expires = Instant.parse(json.path("expires").asText());
    if (!clock.instant().isBefore(expires)) {
      throw new RefusedException(
          Refusal.EXPIRED_TOKEN, "the join token " + name(secret) + " expired at " + expires);
    }
    var bound =
        new Identity(
            json.path("trustDomain").asText(),
            json.path("namespace").asText(),
            json.path("serviceAccount").asText());
    if (!bound.equals(claimed)) {
      throw new RefusedException(
          Refusal.OTHER_IDENTITY,
          "the join token " + name(secret) + " is of " + bound + " and does not prove " + claimed);
    }
    var spent = json.deepCopy();
    spent.put("used", clock.instant().toString());
    return new Attested(
        claimed,
        NAME,
        List.of(Compare.unchanged(entry)),
        List.of(new Op.Put(entry.key(), StoredJson.value(spent), 0)),
        () -> spent(secret));
  }

  private static void refuseSpent(Entry entry, byte[] secret) throws RefusedException {
    if (!StoredJson.read(entry).path("used").asText().isEmpty()) {
      throw spent(secret);
    }
  }

  private static RefusedException spent(byte[] secret) {
    return new RefusedException(
        Refusal.SPENT_TOKEN, "the join token " + name(secret) + " was used already");
  }

  /** Forgets tokens that ended long ago. */
  void sweep() {
    var now = clock.instant();
    var over =
        store.range(StoredJson.TOKEN).entries().stream()
            .filter(
                entry ->
                    Instant.parse(StoredJson.read(entry).path("expires").asText())
                        .plus(settings.tokenKept())
                        .isBefore(now))
            .limit(DELETED_AT_ONCE)
            .map(entry -> (Op) new Op.Delete(entry.key()))
            .toList();
    if (!over.isEmpty()) {
      store.transact(new Transaction(List.of(), over));
    }
  }

  private static String key(byte[] secret) {
    return StoredJson.TOKEN + Certificates.hex(Certificates.sha256(secret));
  }

  /** What a token may be called where others read it. */
  private static String name(byte[] secret) {
    return Certificates.hex(Certificates.sha256(secret)).substring(0, 12);
  }
}
