package dev.ondine.control.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The SQL of the store, on one connection. Confined to the thread that holds the connection. */
final class Tables implements AutoCloseable {
  /** A lease as stored. */
  record StoredLease(long id, long ttlMillis) {}

  private final Connection connection;
  private final SqliteErrors errors;
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  Tables(Connection connection, SqliteErrors errors) {
    this.connection = connection;
    this.errors = errors;
  }

  void begin(String mode) throws SQLException {
    execute("BEGIN " + mode);
  }

  void commit() throws SQLException {
    execute("COMMIT");
  }

  /** Undoes the transaction, if SQLite has not done so itself, as it does when the disk is full. */
  void rollback() {
    try {
      execute("ROLLBACK");
    } catch (SQLException ignored) {
      // There is no transaction any more.
    }
    try {
      closeStatements(); // the driver has ended the one that failed
    } catch (SQLException ignored) {
      // It repeats the failure that we roll back for.
    }
  }

  void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The revision of the last change, 0 in an empty store. */
  long revision() throws SQLException {
    return number("SELECT coalesce(max(mod_revision), 0) FROM history");
  }

  /** The last revision whose changes are forgotten, 0 for none. */
  long compacted() throws SQLException {
    return number("SELECT coalesce(min(mod_revision), 1) - 1 FROM history");
  }

  Optional<Entry> entry(String key) throws SQLException {
    var select = prepare("SELECT " + Row.COLUMNS + " FROM entry WHERE key = ?");
    select.setString(1, key);
    return rows(select).stream().findFirst();
  }

  List<Entry> entries(String prefix) throws SQLException {
    var select =
        prepare("SELECT " + Row.COLUMNS + " FROM entry WHERE key >= ? AND key < ? ORDER BY key");
    select.setString(1, prefix);
    select.setString(2, end(prefix));
    return rows(select);
  }

  List<Entry> entriesOfLease(long lease) throws SQLException {
    var select = prepare("SELECT " + Row.COLUMNS + " FROM entry WHERE lease = ? AND lease <> 0");
    select.setLong(1, lease);
    return rows(select);
  }

  /** The history after one revision, up to and including another one, in order. */
  List<Entry> history(String prefix, long after, long until) throws SQLException {
    var select =
        prepare(
            "SELECT "
                + Row.COLUMNS
                + " FROM history WHERE mod_revision > ? AND mod_revision <= ?"
                + " AND key >= ? AND key < ? ORDER BY mod_revision, key");
    select.setLong(1, after);
    select.setLong(2, until);
    select.setString(3, prefix);
    select.setString(4, end(prefix));
    return rows(select);
  }

  void put(Entry entry) throws SQLException {
    var upsert = prepare("REPLACE INTO entry (" + Row.COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?)");
    Row.bind(upsert, entry);
    upsert.executeUpdate();
    appendHistory(entry);
  }

  void delete(String key, long revision) throws SQLException {
    var delete = prepare("DELETE FROM entry WHERE key = ?");
    delete.setString(1, key);
    delete.executeUpdate();
    appendHistory(Row.deletion(key, revision));
  }

  private void appendHistory(Entry row) throws SQLException {
    var insert = prepare("INSERT INTO history (" + Row.COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?)");
    Row.bind(insert, row);
    insert.executeUpdate();
  }

  void forgetHistory(long until) throws SQLException {
    var delete = prepare("DELETE FROM history WHERE mod_revision <= ?");
    delete.setLong(1, until);
    delete.executeUpdate();
  }

  List<StoredLease> leases() throws SQLException {
    var leases = new ArrayList<StoredLease>();
    try (var result = prepare("SELECT id, ttl_millis FROM lease").executeQuery()) {
      while (result.next()) {
        leases.add(new StoredLease(result.getLong(1), result.getLong(2)));
      }
    }
    return leases;
  }

  long insertLease(long ttlMillis) throws SQLException {
    var insert = prepare("INSERT INTO lease (ttl_millis) VALUES (?)");
    insert.setLong(1, ttlMillis);
    insert.executeUpdate();
    return number("SELECT last_insert_rowid()");
  }

  boolean deleteLease(long id) throws SQLException {
    var delete = prepare("DELETE FROM lease WHERE id = ?");
    delete.setLong(1, id);
    return delete.executeUpdate() > 0;
  }

  boolean hasLease(long id) throws SQLException {
    var select = prepare("SELECT 1 FROM lease WHERE id = ?");
    select.setLong(1, id);
    try (var result = select.executeQuery()) {
      return result.next();
    }
  }

  /** Has SQLite check the structure of its file. */
  void checkStructure() throws SQLException {
    // What quick_check checks, and the indexes: a damaged one hides rows.
    var found = new ArrayList<String>();
    try (var result = prepare("PRAGMA integrity_check(1)").executeQuery()) {
      while (result.next()) {
        found.add(result.getString(1).replace('\n', ' '));
      }
    }
    if (!found.equals(List.of("ok"))) {
      throw errors.damaged(String.join("; ", found));
    }
  }

  /** Reads every row, which checks its checksum, and sees whether a revision is missing. */
  void checkRows() throws SQLException {
    for (var table : List.of("entry", "history")) {
      try (var result = prepare("SELECT " + Row.COLUMNS + " FROM " + table).executeQuery()) {
        while (result.next()) {
          Row.read(result, errors);
        }
      }
    }
    var known = number("SELECT count(DISTINCT mod_revision) FROM history");
    if (known != revision() - compacted()) {
      throw errors.damaged(
          "of the revisions "
              + (compacted() + 1)
              + " to "
              + revision()
              + " only "
              + known
              + " are there");
    }
  }

  @Override
  public void close() throws SQLException {
    closeStatements();
    connection.close();
  }

  private void closeStatements() throws SQLException {
    var old = List.copyOf(statements.values());
    statements.clear();
    for (var statement : old) {
      statement.close();
    }
  }

  private long number(String sql) throws SQLException {
    try (var result = prepare(sql).executeQuery()) {
      if (!result.next()) {
        throw errors.damaged("there is no answer to: " + sql);
      }
      return result.getLong(1);
    }
  }

  private List<Entry> rows(PreparedStatement select) throws SQLException {
    var rows = new ArrayList<Entry>();
    try (var result = select.executeQuery()) {
      while (result.next()) {
        rows.add(Row.read(result, errors));
      }
    }
    return rows;
  }

  private PreparedStatement prepare(String sql) throws SQLException {
    var known = statements.get(sql);
    if (known != null) {
      return known;
    }
    var statement = connection.prepareStatement(sql);
    statements.put(sql, statement);
    return statement;
  }

  /** What sorts after every key with the prefix and before all others: keys are ASCII. */
  private static String end(String prefix) {
    return prefix + '\u007f';
  }
}
