package dev.ondine.testkit.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Programs in Go, built by the machine's compiler. */
public final class GoProgram {
  private GoProgram() {}

  /**
   * Where the compiler is.
   *
   * @throws IOException when it is missing; the message says what to install
   */
  public static String compiler() throws IOException {
    return Programs.find("go", "Go 1.24 or newer");
  }

  /**
   * Builds one.
   *
   * @param name of what is built, for the message
   * @param module the folder of its go.mod
   * @param what the package: {@code .}, or that of a module which go.mod names
   * @param program where it goes
   * @return how to start it
   * @throws IOException when it cannot be built; the message says what is missing
   */
  public static String build(
      Processes processes, String name, Path module, String what, Path program)
      throws IOException, InterruptedException {
    var to = program.toAbsolutePath().toString();
    try {
      processes.run(
          "go-build",
          Map.of(),
          List.of(compiler(), "build", "-C", module.toString(), "-o", to, what));
    } catch (IOException e) {
      throw new IOException(
          name
              + " cannot be built; Go 1.24 or newer is needed, and the modules that go.mod in "
              + module
              + " names. "
              + e.getMessage(),
          e);
    }
    return to;
  }
}
