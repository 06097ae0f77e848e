package dev.ondine.control.store;

/** What a watch wanted is no longer known: list again and watch from there. */
public final class CompactedException extends StoreException {
  private static final long serialVersionUID = 1L;

  private final long compacted;

  CompactedException(long wanted, long compacted) {
    super("revision " + wanted + " was compacted: the store knows changes after " + compacted);
    this.compacted = compacted;
  }

  /** The last revision that was forgotten. */
  public long compacted() {
    return compacted;
  }
}
