package dev.ondine.it.system.hostile;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * One line of a file of cases, cut into its columns.
 *
 * @param place file and number, for messages
 * @param test the acceptance test that it belongs to, such as T01
 * @param only the direction that it is for; empty: both
 * @param columns all but the first
 */
record Line(String place, int number, String test, Optional<Direction> only, List<String> columns) {
  private static final Pattern TEST = Pattern.compile("(T\\d\\d)( outbound| inbound)?");

  Line {
    columns = List.copyOf(columns);
  }

  /** Reads a file of cases; blank lines and those that begin with {@code #} are none. */
  static <C> List<C> read(String file, int columns, Function<Line, C> parser) {
    var stream = Line.class.getResourceAsStream("/hostile/" + file);
    try (var reader =
        new BufferedReader(
            new InputStreamReader(Objects.requireNonNull(stream, file), StandardCharsets.UTF_8))) {
      return parse(file, reader.lines().toList(), columns, parser);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same from lines. */
  static <C> List<C> parse(String file, List<String> lines, int columns, Function<Line, C> parser) {
    var cases = new ArrayList<C>();
    var number = 0;
    for (var text : lines) {
      number++;
      if (text.isBlank() || text.startsWith("#")) {
        continue;
      }
      var place = file + ":" + number;
      try {
        cases.add(parser.apply(of(place, number, text, columns)));
      } catch (DataException | IllegalArgumentException e) {
        throw new DataException(place + ": " + e.getMessage());
      }
    }
    return cases;
  }

  private static Line of(String place, int number, String text, int count) {
    var columns = text.split(" +\\| ", count + 1);
    if (columns.length < count + 1) {
      throw new DataException(
          "has " + columns.length + " columns separated by ' | ' instead of " + (count + 1));
    }
    var test = TEST.matcher(columns[0]);
    if (!test.matches()) {
      throw new DataException(
          "'" + columns[0] + "' is not T and two digits, with or without outbound or inbound");
    }
    var only = Optional.ofNullable(test.group(2)).map(word -> Direction.of(word.strip()));
    return new Line(
        place, number, test.group(1), only, List.of(columns).subList(1, columns.length));
  }

  /** The directions to run it in. */
  List<Direction> directions() {
    return only.map(List::of).orElseGet(() -> List.of(Direction.values()));
  }

  /** What came of a run; {@code what} says of which. */
  Outcome outcome(String what, List<String> problems) {
    return new Outcome(test, place + " " + what, problems);
  }
}
