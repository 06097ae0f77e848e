package dev.ondine.control.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * The tables of the store's file, by version. A file of an older version is brought up to date when
 * it is opened, in one transaction.
 */
final class Schema {
  /** Marks a file as ours in SQLite's header: the letters ONDI. */
  static final int APPLICATION_ID = 0x4f4e4449;

  /** One step: from the version that is its place in the list to the next one. */
  record Step(List<String> statements) {
    Step(String... statements) {
      this(List.of(statements));
    }
  }

  /** All steps that there have ever been. Steps are added, never changed. */
  static final List<Step> STEPS =
      List.of(
          new Step(
              // Never gives an id twice.
              """
              CREATE TABLE lease (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                ttl_millis INTEGER NOT NULL)\
              """,
              // What is now.
              """
              CREATE TABLE entry (
                key TEXT NOT NULL PRIMARY KEY,
                value BLOB NOT NULL,
                create_revision INTEGER NOT NULL,
                mod_revision INTEGER NOT NULL,
                version INTEGER NOT NULL,
                lease INTEGER NOT NULL,
                checksum INTEGER NOT NULL) WITHOUT ROWID\
              """,
              "CREATE INDEX entry_by_lease ON entry (lease) WHERE lease <> 0",
              // What happened since the last compaction. Every revision has a row, and the newest
              // one is always kept: so this table also says which revision the store is at. A
              // deletion is a row whose version is 0.
              """
              CREATE TABLE history (
                key TEXT NOT NULL,
                value BLOB NOT NULL,
                create_revision INTEGER NOT NULL,
                mod_revision INTEGER NOT NULL,
                version INTEGER NOT NULL,
                lease INTEGER NOT NULL,
                checksum INTEGER NOT NULL,
                PRIMARY KEY (mod_revision, key)) WITHOUT ROWID\
              """));

  private Schema() {}

  /** Refuses files that are no store, or of a version that is not known here. */
  static void check(Connection connection, SqliteErrors errors, List<Step> steps)
      throws SQLException {
    if (pragma(connection, "application_id") != APPLICATION_ID) {
      throw errors.damaged("it is an SQLite database, but no store of Ondine");
    }
    var version = pragma(connection, "user_version");
    if (version < 1 || version > steps.size()) {
      throw errors.damaged(
          "its schema version is "
              + version
              + ", this Ondine knows 1 to "
              + steps.size()
              + ": it was written by a newer one");
    }
  }

  /** Creates the tables, or brings those of an older version up to date, all at once. */
  static void migrate(Connection connection, List<Step> steps) throws SQLException {
    var version = pragma(connection, "user_version");
    if (version == steps.size()) {
      return;
    }
    try (var statement = connection.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      for (var step : steps.subList(version, steps.size())) {
        for (var sql : step.statements()) {
          statement.execute(sql);
        }
      }
      statement.execute("PRAGMA application_id = " + APPLICATION_ID);
      statement.execute("PRAGMA user_version = " + steps.size());
      statement.execute("COMMIT");
    }
  }

  private static int pragma(Connection connection, String name) throws SQLException {
    try (var statement = connection.createStatement();
        var result = statement.executeQuery("PRAGMA " + name)) {
      return result.next() ? result.getInt(1) : 0;
    }
  }
}
