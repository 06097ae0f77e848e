package dev.ondine.it.fuzz;

import com.code_intelligence.jazzer.Jazzer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Runs one fuzz target under Jazzer, which looks for inputs that reach new code; {@code ./ondine
 * fuzz} starts it. An input that fails is written to target/fuzz/NAME, and the exit code is not 0.
 */
public final class Main {
  private static final String USAGE = "usage: ./ondine fuzz NAME [SECONDS], 60 by default\nnames:";

  private Main() {}

  /** Ends with 2 when the arguments cannot be understood, else with Jazzer's exit code. */
  public static void main(String[] args) throws Exception {
    var known = FuzzTargets.all().stream().map(FuzzTarget::name).toList();
    var seconds = args.length > 1 ? args[1] : "60";
    if (args.length < 1
        || args.length > 2
        || !known.contains(args[0])
        || !seconds.matches("[1-9][0-9]{0,6}")) {
      System.err.println(USAGE);
      known.forEach(name -> System.err.println("  " + name));
      System.exit(2);
    }
    var repository = Path.of(System.getProperty("ondine.repository", "."));
    var seeds = repository.resolve("it/src/test/resources/fuzz").resolve(args[0]);
    var work = repository.resolve("target/fuzz").resolve(args[0]);
    var corpus = Files.createDirectories(work.resolve("corpus"));
    System.setProperty(Entry.TARGET, args[0]);
    Jazzer.main(
        List.of(
                "--target_class=" + Entry.class.getName(),
                "--instrumentation_includes=dev.ondine.**",
                "--reproducer_path=" + work,
                "-artifact_prefix=" + work + "/",
                "-max_len=65536",
                "-max_total_time=" + seconds,
                "-timeout=10",
                corpus.toString(),
                seeds.toString())
            .toArray(String[]::new));
  }

  /** What Jazzer calls, by the name of this method. */
  public static final class Entry {
    static final String TARGET = "ondine.fuzz.target";

    private static final FuzzTarget CHOSEN =
        FuzzTargets.all().stream()
            .filter(target -> target.name().equals(System.getProperty(TARGET)))
            .findFirst()
            .orElseThrow();

    private Entry() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] input) {
      CHOSEN.parse(input);
    }
  }
}
