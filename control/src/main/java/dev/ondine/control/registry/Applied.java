package dev.ondine.control.registry;

import dev.ondine.control.policy.DocumentKey;

/** What an apply did to one document. */
public record Applied(DocumentKey key, Change change) {
  /** The change. */
  public enum Change {
    CREATED,
    CHANGED,
    UNCHANGED,
    REMOVED
  }
}
