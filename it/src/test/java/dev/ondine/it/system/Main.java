package dev.ondine.it.system;

import dev.ondine.it.system.differential.Differential;
import dev.ondine.it.system.grpc.GrpcInterop;
import dev.ondine.it.system.h2spec.H2Spec;
import dev.ondine.it.system.hostile.HostileInput;
import dev.ondine.it.system.identity.IdentityTable;
import dev.ondine.it.system.overload.Overload;
import dev.ondine.it.system.rotation.Rotation;
import dev.ondine.it.system.wrap.Wrap;
import dev.ondine.it.system.xds.XdsClients;
import dev.ondine.testkit.scenario.Scenario;
import dev.ondine.testkit.scenario.Scenarios;
import java.nio.file.Path;
import java.util.List;

/** Runs one system test by its name; {@code ./ondine it} starts it. */
public final class Main {
  private Main() {}

  /** The one list of system tests. */
  static List<Scenario> all() {
    return List.of(
        new Differential(),
        new GrpcInterop(),
        new H2Spec(),
        new HostileInput(),
        new IdentityTable(),
        new Overload(),
        new Rotation(),
        new Wrap(),
        new XdsClients());
  }

  /** Ends with an exit code of {@link Scenarios}. */
  public static void main(String[] args) {
    var work = Path.of(System.getProperty("ondine.repository", "."), "target", "it");
    System.exit(
        Scenarios.tests("it", all())
            .run(List.of(args), Path.of(System.getProperty("ondine.home", "")), work, System.out));
  }
}
