package dev.ondine.cli;

import dev.ondine.control.ca.CaException;
import dev.ondine.control.ca.CaFolder;
import dev.ondine.control.ca.CaSettings;
import dev.ondine.control.ca.CaSetup;
import dev.ondine.control.ca.Certificates;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** Where the authority's keys are: the same option on each command that touches them. */
final class CaFolderOption {
  @Option(
      names = "--ca-dir",
      paramLabel = "FOLDER",
      description = "The authority's keys (default: ca beside control's default store).")
  private Optional<Path> given = Optional.empty();

  Optional<Path> given() {
    return given;
  }

  CaFolder open() {
    return CaFolder.open(given.orElseGet(() -> StorePlace.authority(StorePlace.store())));
  }

  static CaSetup setup() {
    return new CaSetup(CaSettings.DEFAULTS, InstantSource.system(), new SecureRandom());
  }

  /** Runs what may fail for reasons that the operator can see to. */
  static <R> R explained(Supplier<R> work) {
    try {
      return work.get();
    } catch (CaException e) {
      throw new CliException(ExitCode.FAILURE, String.valueOf(e.getMessage()));
    }
  }

  static void print(CaFolder folder, CaSetup.Summary summary, PrintWriter out) {
    var bundle = Certificates.bundleHash(List.of(summary.root()));
    out.println("authority in " + folder.path());
    out.println("  bundle        sha256:" + HexFormat.of().formatHex(bundle));
    out.println(
        "  root          "
            + Certificates.fingerprint(summary.root())
            + ", until "
            + summary.root().getNotAfter().toInstant()
            + (summary.rootKey() ? ", key here" : ", key elsewhere"));
    summary
        .intermediate()
        .ifPresent(
            one ->
                out.println(
                    "  intermediate  "
                        + Certificates.fingerprint(one)
                        + ", until "
                        + one.getNotAfter().toInstant()));
    out.flush();
  }
}
