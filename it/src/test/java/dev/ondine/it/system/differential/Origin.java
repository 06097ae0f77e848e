package dev.ondine.it.system.differential;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A real server that logs the id, the method and the target of each request.
 *
 * @param name also of the service that it is
 */
record Origin(String name, int port, Path log) {
  /** {@code ID METHOD TARGET} of every request that it saw; a hyphen where there was no id. */
  List<String> seen() throws IOException {
    return Files.exists(log) ? Files.readAllLines(log, StandardCharsets.ISO_8859_1) : List.of();
  }
}
