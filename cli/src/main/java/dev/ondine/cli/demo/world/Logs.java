package dev.ondine.cli.demo.world;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the demo's processes wrote. */
public final class Logs {
  private static final int TAIL = 8;

  private Logs() {}

  /** The lines of a log; none when it is not there. Foreign bytes are taken as they come. */
  public static Stream<String> lines(Path file) throws IOException {
    return Files.exists(file)
        ? Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream()
        : Stream.of();
  }

  /** The last lines of a log, each on a line of its own, for error messages. */
  static String tail(Path folder, String... names) {
    var text = new StringBuilder();
    for (var name : names) {
      try {
        var lines = lines(folder.resolve(name)).toList();
        for (var line : lines.subList(Math.max(0, lines.size() - TAIL), lines.size())) {
          text.append("\n    ").append(folder.getFileName()).append(": ").append(line);
        }
      } catch (IOException e) {
        text.append("\n    ").append(e);
      }
    }
    return text.toString();
  }

  /** Copies the demo's logs to where they stay. */
  public static void keep(Path from, Path to) throws IOException {
    List<Path> files;
    try (var all = Files.walk(from)) {
      files = all.filter(file -> file.toString().endsWith(".log")).toList();
    }
    for (var file : files) {
      var target = to.resolve(from.relativize(file).toString());
      Files.createDirectories(to.resolve(from.relativize(file).toString()).getParent());
      Files.deleteIfExists(target);
      Files.copy(file, target);
    }
  }
}
