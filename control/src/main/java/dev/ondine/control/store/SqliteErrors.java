package dev.ondine.control.store;

import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What SQLite's error codes mean for the operator. See https://sqlite.org/rescode.html. */
final class SqliteErrors {
  private final Path file;

  SqliteErrors(Path file) {
    this.file = file;
  }

  /** True when space is what lacks. */
  static boolean isFull(SQLException error) {
    return primaryCode(error) == SQLiteErrorCode.SQLITE_FULL.code;
  }

  /** The error to throw instead. */
  StoreException translate(SQLException error) {
    var code = primaryCode(error);
    if (code == SQLiteErrorCode.SQLITE_FULL.code) {
      return new ReadOnlyStoreException(
          "store "
              + file
              + " is read-only: the disk or the store's size limit is full; free space, writing is"
              + " tried again by itself");
    }
    if (code == SQLiteErrorCode.SQLITE_IOERR.code || code == SQLiteErrorCode.SQLITE_READONLY.code) {
      return new ReadOnlyStoreException(
          "store " + file + " is read-only: it cannot be written: " + error.getMessage());
    }
    if (code == SQLiteErrorCode.SQLITE_CORRUPT.code || code == SQLiteErrorCode.SQLITE_NOTADB.code) {
      return damaged(String.valueOf(error.getMessage()));
    }
    return new StoreException("store " + file + ": " + error.getMessage(), error);
  }

  /** That the file is damaged, and how. */
  CorruptStoreException damaged(String damage) {
    return new CorruptStoreException(
        "store "
            + file
            + " is damaged: "
            + damage
            + "; nothing was changed. Restore a backup, or move the file away to start empty");
  }

  private static int primaryCode(SQLException error) {
    // An extended code carries the primary one in its low byte.
    return error instanceof SQLiteException sqlite ? sqlite.getResultCode().code & 0xff : 0;
  }
}
