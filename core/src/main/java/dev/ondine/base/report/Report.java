package dev.ondine.base.report;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** The figures of one run, in the order in which they were found. Safe for use by many threads. */
public final class Report {
  private static final List<String> HEAD = List.of("figure", "value", "bound", "met");

  private final List<Figure> figures = new CopyOnWriteArrayList<>();

  /** Adds a number that must not be above {@code limit}. */
  public void atMost(String name, double value, double limit) {
    figures.add(new Figure(name, value, new Bound.AtMost(limit)));
  }

  /** Adds a number that must not be below {@code limit}. */
  public void atLeast(String name, double value, double limit) {
    figures.add(new Figure(name, value, new Bound.AtLeast(limit)));
  }

  /** Adds a value that must be {@code expected}. */
  public void exactly(String name, Object value, Object expected) {
    figures.add(new Figure(name, value, new Bound.Exactly(expected)));
  }

  /** Adds a condition that must hold. */
  public void check(String name, boolean holds) {
    exactly(name, holds, true);
  }

  /** Adds a figure without a bound. */
  public void tell(String name, Object value) {
    figures.add(new Figure(name, value, new Bound.None()));
  }

  /** What was found so far. */
  public List<Figure> figures() {
    return List.copyOf(figures);
  }

  /** Whether every bound was kept. */
  public boolean allMet() {
    return figures.stream().allMatch(Figure::met);
  }

  /** Prints the figures as a table. */
  public void print(PrintStream out) {
    var rows =
        figures.stream()
            .map(
                figure ->
                    List.of(
                        figure.name(),
                        Figure.text(figure.value()),
                        figure.bound().toString(),
                        figure.bound() instanceof Bound.None ? "" : figure.met() ? "yes" : "NO"))
            .toList();
    var widths = new int[HEAD.size()];
    for (int column = 0; column < widths.length; column++) {
      widths[column] = HEAD.get(column).length();
      for (var row : rows) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    out.println(line(HEAD, widths));
    rows.forEach(row -> out.println(line(row, widths)));
  }

  private static String line(List<String> cells, int[] widths) {
    var line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      var cell = cells.get(column);
      line.append(cell).repeat(' ', widths[column] - cell.length() + 2);
    }
    return line.toString().stripTrailing();
  }

  /**
   * What goes into a report's JSON as {@code targets}: a map for each figure, with an empty bound
   * where it is only told.
   */
  public List<Map<String, Object>> targets() {
    return figures.stream().map(Report::target).toList();
  }

  private static Map<String, Object> target(Figure figure) {
    var target = new LinkedHashMap<String, Object>();
    target.put("name", figure.name());
    target.put("value", figure.value());
    target.put("bound", figure.bound().toString());
    target.put("met", figure.met());
    return target;
  }
}
