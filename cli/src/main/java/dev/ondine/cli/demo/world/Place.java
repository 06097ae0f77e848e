package dev.ondine.cli.demo.world;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
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
    var folder = environment.getOrDefault("ONDINE_DEMO_FOLDER", "/run/shop");
    return new Place(interception, Path.of(home), Path.of(folder));
  }

  /** Whether programs know nothing of the mesh. */
  public boolean isIntercepted() {
    return interception != Interception.EXPLICIT;
  }

  /** Where supervisors keep what belongs to an instance. */
  Path runRoot() {
    return isIntercepted() ? Path.of("/run/ondine") : folder.resolve("run");
  }

  /** A network of this kind of place. */
  Network network() throws IOException {
    return isIntercepted() ? new Bridge() : new Loopback(runRoot());
  }

  /** The {@code ondine} command. */
  String ondine() {
    return home.resolve("bin/ondine").toString();
  }

  /** The {@code ondine} command for a process that goes on, but must not outlive the demo. */
  List<String> lasting() {
    return isIntercepted()
        ? List.of(ondine()) // the kernel sees to it
        : List.of("setpriv", "--pdeathsig", "TERM", ondine());
  }
}
