package dev.ondine.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** The texts that {@code -f} names: files, folders of files, or standard input. */
final class DocumentFiles {
  /** A text with where it came from. */
  record Text(String source, String text) {}

  private static final String STANDARD_INPUT = "-";
  private static final Pattern DOCUMENTS = Pattern.compile(".*\\.(yaml|yml|json)");
  private static final int MAX_BYTES = 4 * 1024 * 1024;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE|FOLDER|-",
      required = true,
      description =
          "A file, a folder (its .yaml, .yml and .json files), or - for standard input;"
              + " repeatable.")
  private List<String> names = List.of();

  /**
   * Reads them all.
   *
   * @throws CliException naming what cannot be read and why
   */
  List<Text> read(Terminal terminal) {
    return read(names, terminal);
  }

  /** The same for names that come otherwise. */
  static List<Text> read(List<String> names, Terminal terminal) {
    var texts = new ArrayList<Text>();
    for (var name : names) {
      if (name.equals(STANDARD_INPUT)) {
        texts.add(new Text("standard input", standardInput(terminal)));
      } else {
        files(Path.of(name)).forEach(file -> texts.add(new Text(file.toString(), text(file))));
      }
    }
    return texts;
  }

  private static List<Path> files(Path path) {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (var entries = Files.list(path)) {
      var files =
          entries
              .filter(entry -> DOCUMENTS.matcher(entry.getFileName().toString()).matches())
              .filter(Files::isRegularFile)
              .sorted()
              .toList();
      if (files.isEmpty()) {
        throw unreadable(path.toString(), "the folder has no .yaml, .yml or .json file");
      }
      return files;
    } catch (IOException e) {
      throw unreadable(path.toString(), reason(e));
    }
  }

  private static String text(Path file) {
    try (var in = Files.newInputStream(file)) {
      return utf8(file.toString(), in.readNBytes(MAX_BYTES + 1));
    } catch (IOException e) {
      throw unreadable(file.toString(), reason(e));
    }
  }

  private static String standardInput(Terminal terminal) {
    try {
      return utf8("standard input", terminal.in().readNBytes(MAX_BYTES + 1));
    } catch (IOException e) {
      throw unreadable("standard input", reason(e));
    }
  }

  private static String utf8(String source, byte[] bytes) throws CharacterCodingException {
    if (bytes.length > MAX_BYTES) {
      throw unreadable(source, "it is longer than " + MAX_BYTES + " bytes");
    }
    return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }

  private static String reason(IOException failure) {
    return switch (failure) {
      case NoSuchFileException _ -> "there is no such file or folder";
      case AccessDeniedException _ -> "permission denied";
      case CharacterCodingException _ -> "it is not UTF-8 text";
      default -> String.valueOf(failure.getMessage());
    };
  }

  private static CliException unreadable(String source, String reason) {
    return new CliException(ExitCode.FAILURE, source + ": cannot be read: " + reason);
  }
}
