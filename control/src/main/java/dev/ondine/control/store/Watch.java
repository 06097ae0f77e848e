package dev.ondine.control.store;

import java.util.List;

/** The changes under a prefix, in order, none left out. For one thread at a time. */
public interface Watch extends AutoCloseable {
  /**
   * The next changes, of one or more whole revisions; waits for them. Empty when the watch or the
   * store was closed.
   *
   * @throws CompactedException when the next changes are no longer known
   * @throws StoreException when the store cannot be read
   */
  List<Event> next() throws InterruptedException;

  /** Ends the watch and whoever waits in {@link #next}. */
  @Override
  void close();
}
