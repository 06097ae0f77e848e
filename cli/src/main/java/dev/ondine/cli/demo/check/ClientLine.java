package dev.ondine.cli.demo.check;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One request as its client logged it.
 *
 * @param to the service that was asked
 * @param expected the status that is right
 */
public record ClientLine(String id, String to, int status, int expected) {
  /** Where any answer is right: {@code expected} of a request that only looks. */
  public static final int ANY = -1;

  private static final Pattern LINE =
      Pattern.compile("id=([\\w-]+) to=([\\w.-]+) status=(\\d+) ms=[\\d.]+ expected=(-?\\d+)");

  /** Reads a line; empty when it is none of ours. */
  public static Optional<ClientLine> parse(String line) {
    var match = LINE.matcher(line);
    return match.matches()
        ? Optional.of(
            new ClientLine(
                match.group(1),
                match.group(2),
                Integer.parseInt(match.group(3)),
                Integer.parseInt(match.group(4))))
        : Optional.empty();
  }

  /** Whether it got the answer that is right. */
  boolean isRight() {
    return expected == ANY || status == expected;
  }
}
