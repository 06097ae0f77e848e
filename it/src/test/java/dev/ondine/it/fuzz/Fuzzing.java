package dev.ondine.it.fuzz;

import com.code_intelligence.jazzer.Jazzer;
import java.util.ArrayList;
import java.util.List;

/** The process that Jazzer searches in: one target, then Jazzer's own options. */
public final class Fuzzing {
  private Fuzzing() {}

  /** Ends with Jazzer's exit code: 0 when no input broke a property. */
  public static void main(String[] args) throws Exception {
    System.setProperty(Entry.TARGET, args[0]);
    var options = new ArrayList<String>();
    options.add("--target_class=" + Entry.class.getName());
    options.add("--instrumentation_includes=dev.ondine.**");
    // It watches for misuse of Unsafe in the code under test; Netty needs Unsafe, and it breaks it.
    options.add("--disabled_hooks=com.code_intelligence.jazzer.sanitizers.UnsafeSanitizer");
    options.addAll(List.of(args).subList(1, args.length));
    Jazzer.main(options.toArray(String[]::new));
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
