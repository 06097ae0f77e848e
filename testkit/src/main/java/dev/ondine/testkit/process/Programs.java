package dev.ondine.testkit.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Programs of the machine. */
public final class Programs {
  /** Where servers and compilers often lie although the user's path does not say so. */
  private static final String MORE = "/usr/sbin:/sbin:/usr/local/go/bin";

  private Programs() {}

  /**
   * Where a program is.
   *
   * @param source where to get it, for the message
   * @throws IOException when it is not there
   */
  public static String find(String name, String source) throws IOException {
    var path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + MORE;
    return Stream.of(path.split(File.pathSeparator))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .map(Path::toString)
        .orElseThrow(() -> new IOException(name + " is missing; install " + source));
  }
}
