package dev.ondine.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Expected texts in files, {@code src/test/resources/golden/…} of the module under test. A test run
 * with {@code -Dgolden.update=true} writes them; the difference is then reviewed like code.
 */
public final class Golden {
  private Golden() {}

  /**
   * The text equals the file.
   *
   * @param name relative to the golden folder, with its ending
   */
  public static void check(String name, String actual) {
    var file = Path.of(System.getProperty("basedir", "."), "src/test/resources/golden", name);
    try {
      if (Boolean.getBoolean("golden.update")) {
        Files.createDirectories(file.getParent());
        Files.writeString(file, actual);
      }
      assertThat(file).as("golden file; -Dgolden.update=true writes it").exists();
      assertThat(actual).as(name).isEqualTo(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
