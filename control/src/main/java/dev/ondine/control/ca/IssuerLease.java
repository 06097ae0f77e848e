package dev.ondine.control.ca;

import dev.ondine.control.store.Compare;
import dev.ondine.control.store.Entry;
import dev.ondine.control.store.LeaseNotFoundException;
import dev.ondine.control.store.Op;
import dev.ondine.control.store.Store;
import dev.ondine.control.store.StoreException;
import dev.ondine.control.store.Transaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to issue, which one process has at a time.
 *
 * <p>A process that was stopped for long may still believe to have it. So the lease is not asked
 * for before a certificate is issued: whoever records one does so under the condition that the
 * lease is as it was taken, with its fencing number.
 */
final class IssuerLease implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IssuerLease.class);

  /**
   * The lease as it was taken.
   *
   * @param unchanged holds as long as nobody else has taken it
   * @param fence greater than that of all who had it before
   */
  record Held(Compare unchanged, long fence, long lease) {}

  private final Store store;
  private final String holder;
  private final Duration ttl;
  private volatile Optional<Held> held = Optional.empty();

  /**
   * @param holder names this process for people; of several on one machine, too
   */
  IssuerLease(Store store, String holder, Duration ttl) {
    this.store = store;
    this.holder = holder;
    this.ttl = ttl;
  }

  /** Two processes with one name would share keys, too: one folder on one host. */
  static String holder(Path folder) {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip() + ":" + folder;
    } catch (IOException e) {
      LOG.debug("no host name", e);
      return folder.toString();
    }
  }

  /** Takes the lease when it is free, or held by a process of the same name that must be dead. */
  void begin() {
    if (!take(true)) {
      LOG.warn("{} may issue certificates now; this process waits", holderNow());
    }
  }

  /** Renews the lease, or takes it when it is free; to be called three times in its life. */
  void keep() {
    var current = held;
    if (current.isPresent() && store.renew(current.get().lease())) {
      return;
    }
    if (current.isPresent()) {
      LOG.warn("the right to issue certificates was lost");
      held = Optional.empty();
    }
    take(false);
  }

  /** The lease as this process believes to have it. */
  Held current() throws RefusedException {
    return held.orElseThrow(
        () ->
            new RefusedException(
                Refusal.NOT_THE_ISSUER, holderNow() + " issues certificates now, not " + holder));
  }

  /** True when the lease is no longer as it was taken. */
  boolean isLost(Held before) {
    return store.get(StoredJson.ISSUER).map(Entry::modRevision).orElse(0L)
        != before.unchanged().modRevision();
  }

  /** Forgets a lease that turned out to be another's. */
  void lost(Held before) {
    if (held.equals(Optional.of(before))) {
      held = Optional.empty();
    }
  }

  private boolean take(boolean fromNamesake) {
    var there = store.get(StoredJson.ISSUER);
    if (there.isPresent()
        && !(fromNamesake && StoredJson.read(there.get()).path("holder").asText().equals(holder))) {
      return false;
    }
    var fence = store.get(StoredJson.FENCE);
    var next = fence.map(entry -> StoredJson.read(entry).path("fence").asLong()).orElse(0L) + 1;
    var lease = store.grant(ttl);
    try {
      var outcome =
          store.transact(
              new Transaction(
                  List.of(
                      there.map(Compare::unchanged).orElse(Compare.absent(StoredJson.ISSUER)),
                      fence.map(Compare::unchanged).orElse(Compare.absent(StoredJson.FENCE))),
                  List.of(
                      new Op.Put(
                          StoredJson.ISSUER,
                          StoredJson.value(
                              StoredJson.object().put("holder", holder).put("fence", next)),
                          lease),
                      new Op.Put(
                          StoredJson.FENCE,
                          StoredJson.value(StoredJson.object().put("fence", next)),
                          0))));
      if (!outcome.committed()) {
        store.revoke(lease);
        return false;
      }
      held = Optional.of(new Held(new Compare(StoredJson.ISSUER, outcome.revision()), next, lease));
      LOG.info("this process issues certificates, fence {}", next);
      return true;
    } catch (LeaseNotFoundException e) {
      LOG.debug("the lease ended while it was taken", e);
      return false;
    }
  }

  private String holderNow() {
    return store
        .get(StoredJson.ISSUER)
        .map(entry -> StoredJson.read(entry).path("holder").asText())
        .orElse("nobody");
  }

  /** Lets another process issue at once. */
  @Override
  public void close() {
    var current = held;
    held = Optional.empty();
    try {
      current.ifPresent(last -> store.revoke(last.lease()));
    } catch (StoreException e) {
      LOG.warn("the right to issue is kept for {}: {}", ttl, e.getMessage());
    }
  }
}
