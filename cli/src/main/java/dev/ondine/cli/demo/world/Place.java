package dev.ondine.cli.demo.world;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/**
 * Where the demo runs. Its launcher, {@code libexec/ondine-demo}, has made it.
 *
 * @param home the distribution
 * @param folder where everything that the demo writes goes; it vanishes with the demo
 */
public record Place(Interception interception, Path home, Path folder) {
  /** How processes come to use the mesh. */
  public enum Interception {
    /** Network namespaces, made by root. */
    NETNS,
    /** Network namespaces within a user namespace, made by anybody. */
    USERNS,
    /** Programs are told of an HTTP proxy: the kernel allows no namespaces. */
    EXPLICIT;

    /** As in the report. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What the launcher says in the environment. */
  public static Place of(Map<String, String> environment, String home) throws DemoException {
    var said = environment.getOrDefault("ONDINE_DEMO_INSIDE", "");
    var interception =
        Arrays.stream(Interception.values())
            .filter(candidate -> candidate.text().equals(said))
            .findFirst()
            .orElseThrow(
                () -> new DemoException("start the demo with bin/ondine, which makes its place"));
    return new Place(interception, Path.of(home), Path.of("/run/shop"));
  }

  /** The {@code ondine} command. */
  String ondine() {
    return home.resolve("bin/ondine").toString();
  }
}
