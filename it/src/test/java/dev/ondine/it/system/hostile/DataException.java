package dev.ondine.it.system.hostile;

/** A line of data that is no case; the message begins with its file and number. */
final class DataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  DataException(String message) {
    super(message);
  }
}
