package dev.ondine.control.store;

import static java.util.Objects.requireNonNull;

/** One change within a {@link Transaction}. */
public sealed interface Op {
  /** What it changes. */
  String key();

  /**
   * Creates or replaces a key.
   *
   * @param lease with which the key goes, 0 for none
   */
  record Put(String key, Value value, long lease) implements Op {
    public Put {
      requireNonNull(value, "value");
    }
  }

  /** Removes a key; nothing happens when there is none. */
  record Delete(String key) implements Op {}
}
