package dev.ondine.control.ca;

import dev.ondine.control.store.Compare;
import dev.ondine.control.store.Entry;
import dev.ondine.control.store.Op;
import dev.ondine.control.store.Store;
import dev.ondine.control.store.Transaction;
import dev.ondine.control.store.Value;
import dev.ondine.model.Identity;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Every certificate that was ever issued, in order; each entry holds the SHA-256 of the one before,
 * so that nothing can be changed or left out unnoticed by who knows a later hash.
 *
 * <p>A certificate is handed out only after its entry is durable.
 */
public final class IssuanceLog {
  private static final int MAX_TRIES = 5;
  private static final Duration MAX_WAIT = Duration.ofSeconds(5);
  private static final String BEGINNING = "0".repeat(64);

  /** So many entries are read at once: those that differ in the last three digits. */
  private static final int PAGE = 1_000;

  /**
   * An entry.
   *
   * @param previous the SHA-256 of the entry before
   * @param fence of the process that issued
   */
  public record Logged(long sequence, String previous, long fence, Issuance issuance) {}

  /**
   * The whole log, verified.
   *
   * @param head the SHA-256 of the last entry
   */
  public record Verified(long entries, String head) {}

  private record Head(long sequence, String hash, Compare unchanged) {}

  private final Store store;
  // One append at a time: two at once would only make each other try again.
  private final ReentrantLock appending = new ReentrantLock(true);

  public IssuanceLog(Store store) {
    this.store = store;
  }

  /**
   * Records a certificate, and what else must happen with it, all or nothing.
   *
   * @throws RefusedException when another process issues by now, or the attestation no longer holds
   */
  void append(IssuerLease lease, IssuerLease.Held held, Issuance issuance, Attested attested)
      throws RefusedException {
    try {
      if (!appending.tryLock(MAX_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new RefusedException(Refusal.CANNOT_SIGN, "the issuance log is busy");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new RefusedException(Refusal.CANNOT_SIGN, "interrupted");
    }
    try {
      for (var attempt = 0; attempt < MAX_TRIES; attempt++) {
        var head = head();
        var value = write(new Logged(head.sequence() + 1, head.hash(), held.fence(), issuance));
        if (store.transact(transaction(head, value, held, attested)).committed()) {
          return;
        }
        if (lease.isLost(held)) {
          lease.lost(held);
          throw new RefusedException(
              Refusal.NOT_THE_ISSUER,
              "another process issues certificates; fence " + held.fence() + " is stale");
        }
        if (head().sequence() == head.sequence()) {
          throw attested.lost();
        }
      }
      throw new RefusedException(Refusal.CANNOT_SIGN, "the issuance log changes all the time");
    } finally {
      appending.unlock();
    }
  }

  private static Transaction transaction(
      Head head, Value value, IssuerLease.Held held, Attested attested) {
    var conditions = new ArrayList<>(List.of(held.unchanged(), head.unchanged()));
    conditions.addAll(attested.conditions());
    var next = StoredJson.object().put("sequence", head.sequence() + 1).put("hash", hash(value));
    var operations =
        new ArrayList<Op>(
            List.of(
                new Op.Put(key(head.sequence() + 1), value, 0),
                new Op.Put(StoredJson.LOG_HEAD, StoredJson.value(next), 0)));
    operations.addAll(attested.operations());
    return new Transaction(conditions, operations);
  }

  private Head head() {
    return store
        .get(StoredJson.LOG_HEAD)
        .map(
            entry -> {
              var json = StoredJson.read(entry);
              return new Head(
                  json.path("sequence").asLong(),
                  json.path("hash").asText(),
                  Compare.unchanged(entry));
            })
        .orElse(new Head(0, BEGINNING, Compare.absent(StoredJson.LOG_HEAD)));
  }

  /**
   * Reads the log from its beginning and verifies each step.
   *
   * @param each is given the entries, in order, as far as the chain holds
   * @throws CaException naming the first entry that is not what it was
   */
  public Verified verify(Consumer<Logged> each) {
    var head = head(); // before the entries: what is appended meanwhile is beyond it
    var previous = BEGINNING;
    var expected = 1L;
    for (var page = 0L; page <= head.sequence() / PAGE; page++) {
      var prefix = key(page * PAGE).substring(0, StoredJson.LOG.length() + 9);
      for (var entry : store.range(prefix).entries()) {
        if (expected > head.sequence()) {
          break;
        }
        var logged = check(entry, expected, previous);
        each.accept(logged);
        previous = hash(entry.value());
        expected++;
      }
    }
    if (expected != head.sequence() + 1) {
      throw broken(expected, "is missing");
    }
    if (!previous.equals(head.hash())) {
      throw broken(head.sequence(), "is not the one that the log ends with: it was changed");
    }
    return new Verified(head.sequence(), head.hash());
  }

  private static Logged check(Entry entry, long expected, String previous) {
    if (!entry.key().equals(key(expected))) {
      throw broken(expected, "is missing");
    }
    Logged logged;
    try {
      logged = read(entry);
    } catch (RuntimeException e) {
      throw broken(expected, "cannot be read: " + e.getMessage());
    }
    if (logged.sequence() != expected) {
      throw broken(expected, "says that it is entry " + logged.sequence());
    }
    if (!logged.previous().equals(previous)) {
      throw broken(expected - 1, "was changed: entry " + expected + " holds another hash of it");
    }
    return logged;
  }

  private static CaException broken(long sequence, String what) {
    return new CaException("the issuance log is broken: entry " + sequence + " " + what);
  }

  private static Value write(Logged logged) {
    var issuance = logged.issuance();
    return StoredJson.value(
        StoredJson.object()
            .put("sequence", logged.sequence())
            .put("previous", logged.previous())
            .put("fence", logged.fence())
            .put("at", issuance.at().toString())
            .put("spiffeId", issuance.identity().spiffeId())
            .put("attestor", issuance.attestor())
            .put("serial", issuance.serial())
            .put("notBefore", issuance.notBefore().toString())
            .put("notAfter", issuance.notAfter().toString())
            .put("key", issuance.key())
            .put("certificate", issuance.certificate())
            .put("issuer", issuance.issuer())
            .put("root", issuance.root()));
  }

  private static Logged read(Entry entry) {
    var json = StoredJson.read(entry);
    return new Logged(
        json.path("sequence").asLong(),
        json.path("previous").asText(),
        json.path("fence").asLong(),
        new Issuance(
            Instant.parse(json.path("at").asText()),
            Identity.parse(json.path("spiffeId").asText()),
            json.path("attestor").asText(),
            json.path("serial").asText(),
            Instant.parse(json.path("notBefore").asText()),
            Instant.parse(json.path("notAfter").asText()),
            json.path("key").asText(),
            json.path("certificate").asText(),
            json.path("issuer").asText(),
            json.path("root").asText()));
  }

  private static String key(long sequence) {
    return StoredJson.LOG + "%012d".formatted(sequence);
  }

  private static String hash(Value value) {
    return Certificates.hex(Certificates.sha256(value.text().getBytes(StandardCharsets.UTF_8)));
  }
}
