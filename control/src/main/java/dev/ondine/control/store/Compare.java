package dev.ondine.control.store;

/** The condition that a key was last changed at this revision; 0: that there is no such key. */
public record Compare(String key, long modRevision) {
  /** That there is no such key. */
  public static Compare absent(String key) {
    return new Compare(key, 0);
  }

  /** That the key is as it was read. */
  public static Compare unchanged(Entry entry) {
    return new Compare(entry.key(), entry.modRevision());
  }
}
