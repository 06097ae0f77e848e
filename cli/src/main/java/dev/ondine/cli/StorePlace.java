package dev.ondine.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Where control keeps its things when nobody says so. */
final class StorePlace {
  private static final Path OF_ROOT = Path.of("/var/lib/ondine/control.db");

  private StorePlace() {}

  /** The store of this process's user. */
  static Path store() {
    return store(
        System.getenv(), System.getProperty("user.name"), Path.of(System.getProperty("user.home")));
  }

  static Path store(Map<String, String> environment, String user, Path home) {
    if (user.equals("root")) {
      return OF_ROOT;
    }
    var state = environment.getOrDefault("XDG_STATE_HOME", "");
    var folder = state.isEmpty() ? home.resolve(".local/state") : Path.of(state);
    return folder.resolve("ondine/control.db");
  }

  /** The authority's folder: beside the store. */
  static Path authority(Path store) {
    return store.toAbsolutePath().resolveSibling("ca");
  }

  /** The Unix socket for workloads of this host. */
  static Path identitySocket(Map<String, String> environment, int uid) {
    if (uid == 0) {
      return Path.of("/run/ondine/identity.sock");
    }
    var runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    var folder =
        runtime.isEmpty() ? Path.of("/tmp/ondine-" + uid) : Path.of(runtime).resolve("ondine");
    return folder.resolve("identity.sock");
  }

  /** The user of this process. */
  static int uid() {
    try {
      return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException e) {
      throw new CliException(ExitCode.FAILURE, "/proc/self cannot be read: " + e);
    }
  }
}
