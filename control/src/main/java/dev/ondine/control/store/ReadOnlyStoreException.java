package dev.ondine.control.store;

/** The store can be read but not written; the message says which file, why, and what to do. */
public final class ReadOnlyStoreException extends StoreException {
  private static final long serialVersionUID = 1L;

  ReadOnlyStoreException(String message) {
    super(message);
  }
}
