package dev.ondine.control.store;

import java.time.Duration;
import java.util.Optional;

/**
 * A revisioned key-value store with etcd's semantics.
 *
 * <p>Every transaction that changes something makes a new revision, counted from 1. What it has
 * acknowledged survives the death of the process and of the machine. Every method that changes
 * something blocks until it is durable.
 */
public interface Store extends AutoCloseable {
  /** One key. */
  Optional<Entry> get(String key);

  /** All keys that start with the prefix; the empty prefix stands for all keys. */
  Range range(String prefix);

  /**
   * Makes the changes if the conditions hold, all or none.
   *
   * @throws LeaseNotFoundException when a put names a lease that is not there
   * @throws ReadOnlyStoreException when the disk takes no more
   */
  Outcome transact(Transaction transaction);

  /** Creates or replaces one key. */
  default Outcome put(String key, Value value) {
    return transact(Transaction.of(new Op.Put(key, value, 0)));
  }

  /** Removes one key. */
  default Outcome delete(String key) {
    return transact(Transaction.of(new Op.Delete(key)));
  }

  /** The revision of the last change. */
  long revision();

  /**
   * Watches the keys under a prefix.
   *
   * @param from the first revision wanted, at least 1; usually one more than that of a {@link
   *     Range}
   * @throws CompactedException when that revision is no longer known: list again
   */
  Watch watch(String prefix, long from);

  /**
   * Grants a lease. When it ends, the keys put with it are removed. A restart of the store gives it
   * one full time to live, because renewals are not stored.
   *
   * @param ttl time to live without renewal, at least a second
   * @return the lease, never 0 and never one that was there before
   */
  long grant(Duration ttl);

  /** Gives the lease its full time to live again; false when there is none any more. */
  boolean renew(long lease);

  /** Ends a lease and removes its keys; false when there was none. */
  boolean revoke(long lease);

  /**
   * Forgets what happened up to and including a revision; what is now stays. Stores also do so by
   * themselves.
   */
  void compact(long revision);

  /** Why the store takes no changes now; empty when it does. */
  Optional<String> readOnlyReason();

  /** Ends the store; whoever waits for a change gets a {@link StoreException}. */
  @Override
  void close();
}
