package dev.ondine.control.store;

import java.sql.SQLException;
import java.util.List;

/**
 * A watch that reads the history where it stopped: a slow watcher costs no memory, and learns by a
 * {@link CompactedException} when it was too slow.
 */
final class HistoryWatch implements Watch {
  // How many revisions are read at once: bounds memory, not what a watcher can follow.
  private static final int STEP = 100;

  private final Reader reader;
  private final Revisions revisions;
  private final Revisions.Closing closing = new Revisions.Closing();
  private final String prefix;
  private long seen;

  /**
   * @throws CompactedException when that is no longer possible
   */
  HistoryWatch(Reader reader, Revisions revisions, String prefix, long seen) {
    this.reader = reader;
    this.revisions = revisions;
    this.prefix = prefix;
    this.seen = seen;
    reader.read(HistoryWatch.this::requireKnown);
  }

  @Override
  public List<Event> next() throws InterruptedException {
    while (true) {
      var durable = revisions.awaitAfter(seen, closing);
      if (durable.isEmpty()) {
        return List.of();
      }
      var until = Math.min(durable.getAsLong(), seen + STEP);
      var events =
          reader.read(
              tables -> {
                requireKnown(tables);
                return tables.history(prefix, seen, until).stream().map(Row::event).toList();
              });
      seen = until;
      if (!events.isEmpty()) {
        return events;
      }
    }
  }

  private boolean requireKnown(Tables tables) throws SQLException {
    var compacted = tables.compacted();
    if (seen < compacted) {
      throw new CompactedException(seen + 1, compacted);
    }
    return true;
  }

  @Override
  public void close() {
    revisions.close(closing);
  }
}
