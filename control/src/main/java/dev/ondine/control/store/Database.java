package dev.ondine.control.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.sqlite.SQLiteConfig;

/** The store's file: held by one process, checked, of the current schema. */
final class Database implements AutoCloseable {
  private static final int PAGE_BYTES = 4_096;

  private final Path file;
  private final SqliteErrors errors;
  private final FileChannel lock;

  private Database(Path file, SqliteErrors errors, FileChannel lock) {
    this.file = file;
    this.errors = errors;
    this.lock = lock;
  }

  /**
   * Opens the file, or creates it.
   *
   * @throws CorruptStoreException when it is damaged or no store; it is then unchanged
   * @throws StoreException when it cannot be opened or another process has it
   */
  static Database open(Path file, List<Schema.Step> steps) {
    var absolute = file.toAbsolutePath();
    var errors = new SqliteErrors(absolute);
    var database = new Database(absolute, errors, lock(absolute));
    try {
      database.prepare(steps);
      return database;
    } catch (SQLException e) {
      database.close();
      throw errors.translate(e);
    } catch (RuntimeException | Error e) {
      database.close();
      throw e;
    } catch (IOException e) {
      database.close();
      throw new StoreException("store " + absolute + " cannot be opened: " + e, e);
    }
  }

  private void prepare(List<Schema.Step> steps) throws SQLException, IOException {
    if (!Files.exists(file)) {
      // Before SQLite does, because what is stored is nobody else's business.
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    if (Files.size(file) > 0) {
      // Read-only, so that a damaged file stays as it is: a writer's close would change it.
      try (var connection = connect(true);
          var tables = new Tables(connection, errors)) {
        Schema.check(connection, errors, steps);
        tables.checkStructure();
      }
    }
    try (var connection = connect(false);
        var tables = new Tables(connection, errors)) {
      Schema.migrate(connection, steps);
      tables.checkRows();
    }
  }

  /** The tables for the one thread that writes; the file then grows to at most so many bytes. */
  Tables writer(long maxBytes) throws SQLException {
    var tables = new Tables(connect(false), errors);
    tables.execute("PRAGMA max_page_count = " + Math.max(1, maxBytes / PAGE_BYTES));
    return tables;
  }

  /** The tables for reading. */
  Tables reader() throws SQLException {
    return new Tables(connect(true), errors);
  }

  SqliteErrors errors() {
    return errors;
  }

  private Connection connect(boolean readOnly) throws SQLException {
    var config = new SQLiteConfig();
    config.setReadOnly(readOnly);
    config.setBusyTimeout(10_000);
    if (!readOnly) {
      config.setPageSize(PAGE_BYTES);
      config.setJournalMode(SQLiteConfig.JournalMode.WAL);
      config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
      // A long write-ahead log is cut back after the next checkpoint.
      config.setJournalSizeLimit(16 << 20);
    }
    return config.createConnection("jdbc:sqlite:" + file);
  }

  private static FileChannel lock(Path file) {
    var path = file.resolveSibling(file.getFileName() + ".lock");
    try {
      var folder = file.getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      var channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (held(channel)) {
        channel.close();
        throw new StoreException("store " + file + " is in use by another control plane");
      }
      return channel;
    } catch (IOException e) {
      throw new StoreException("store " + file + " cannot be opened: " + e, e);
    }
  }

  private static boolean held(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() == null;
    } catch (OverlappingFileLockException _) {
      return true; // by this very process
    }
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new StoreException("store " + file + " cannot be unlocked: " + e, e);
    }
  }
}
