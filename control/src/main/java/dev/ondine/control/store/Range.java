package dev.ondine.control.store;

import java.util.List;

/**
 * The keys under a prefix at one moment.
 *
 * @param entries by key
 * @param revision of the store at that moment: a watch from the next one misses nothing
 */
public record Range(List<Entry> entries, long revision) {
  public Range {
    entries = List.copyOf(entries);
  }
}
