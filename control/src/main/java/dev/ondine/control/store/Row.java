package dev.ondine.control.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.zip.CRC32C;

/**
 * An entry as a row of the tables {@code entry} and {@code history}.
 *
 * <p>SQLite's own checks see a broken page structure, not a changed byte within a value; the
 * checksum does.
 */
final class Row {
  /** The columns, in the order of {@link #bind} and {@link #read}. */
  static final String COLUMNS =
      "key, value, create_revision, mod_revision, version, lease, checksum";

  private static final Value NOTHING = Value.of("");

  private Row() {}

  /** The history row of a deletion. */
  static Entry deletion(String key, long revision) {
    return new Entry(key, NOTHING, 0, revision, 0, 0);
  }

  /** What a history row says. */
  static Event event(Entry row) {
    return row.version() == 0 ? new Event.Delete(row.key(), row.modRevision()) : new Event.Put(row);
  }

  static void bind(PreparedStatement statement, Entry row) throws SQLException {
    statement.setString(1, row.key());
    statement.setBytes(2, row.value().bytes());
    statement.setLong(3, row.createRevision());
    statement.setLong(4, row.modRevision());
    statement.setLong(5, row.version());
    statement.setLong(6, row.lease());
    statement.setLong(7, checksum(row));
  }

  static Entry read(ResultSet result, SqliteErrors errors) throws SQLException {
    var row =
        new Entry(
            result.getString(1),
            Value.of(result.getBytes(2)),
            result.getLong(3),
            result.getLong(4),
            result.getLong(5),
            result.getLong(6));
    if (checksum(row) != result.getLong(7)) {
      throw errors.damaged(
          "the checksum of key " + row.key() + " at revision " + row.modRevision() + " is wrong");
    }
    return row;
  }

  private static long checksum(Entry row) {
    var crc = new CRC32C();
    crc.update(row.key().getBytes(StandardCharsets.UTF_8));
    crc.update(row.value().bytes());
    crc.update(
        ByteBuffer.allocate(4 * Long.BYTES)
            .putLong(row.createRevision())
            .putLong(row.modRevision())
            .putLong(row.version())
            .putLong(row.lease())
            .flip());
    return crc.getValue();
  }
}
