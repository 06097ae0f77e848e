package dev.ondine.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows in columns as wide as they need, for people. Empty cells print as {@code -}. */
public final class Table {
  private static final int GAP = 2;

  private final List<List<String>> rows = new ArrayList<>();

  /** Begins a table with its headers. */
  public Table(String... headers) {
    rows.add(List.of(headers));
  }

  /** Adds a row of as many cells as there are headers. */
  public Table row(Object... cells) {
    if (cells.length != rows.getFirst().size()) {
      throw new IllegalArgumentException("a row of " + cells.length + " cells");
    }
    rows.add(Arrays.stream(cells).map(Table::text).toList());
    return this;
  }

  /** Prints the headers and rows, or only the note when there are no rows. */
  public void print(PrintWriter out, String noteWhenEmpty) {
    if (rows.size() == 1) {
      out.println(noteWhenEmpty);
      return;
    }
    var widths = new int[rows.getFirst().size()];
    for (var row : rows) {
      for (var i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (var row : rows) {
      out.println(line(row, widths));
    }
    out.flush();
  }

  private static String line(List<String> row, int[] widths) {
    var line = new StringBuilder();
    for (var i = 0; i < widths.length; i++) {
      line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length() + GAP);
    }
    return line.toString().stripTrailing();
  }

  /** Control characters would let a name from the network rewrite the terminal. */
  static String text(Object cell) {
    var text = cell.toString().replaceAll("\\p{Cntrl}", "?");
    return text.isEmpty() ? "-" : text;
  }
}
