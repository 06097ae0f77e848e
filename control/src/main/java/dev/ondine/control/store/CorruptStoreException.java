package dev.ondine.control.store;

/**
 * The store's file is damaged or is no store; the message names the file, the damage and what to
 * do.
 */
public final class CorruptStoreException extends StoreException {
  private static final long serialVersionUID = 1L;

  CorruptStoreException(String message) {
    super(message);
  }
}
