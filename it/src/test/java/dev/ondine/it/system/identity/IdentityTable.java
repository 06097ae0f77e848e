package dev.ondine.it.system.identity;

import dev.ondine.testkit.process.Processes;
import dev.ondine.testkit.scenario.Run;
import dev.ondine.testkit.scenario.Scenario;
import dev.ondine.testkit.tls.TestAuthority;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Who is refused, and how it is told: T25 to T29 against processes of the distribution. */
public final class IdentityTable implements Scenario {
  /** Instead of certificates that are not to be taken, right ones are shown. */
  private static final String RIGHT_CERTIFICATES = "right-certificates";

  /** Nobody demands mutual TLS. */
  private static final String PERMISSIVE = "permissive";

  private static final Duration CHANGE = Duration.ofSeconds(20);

  @SuppressWarnings("InlineFormatString") // its text is long
  private static final String DEMAND =
      """
      apiVersion: mesh.ondine.dev/v1
      kind: MeshIdentity
      metadata: {name: all}
      spec: {mtls: %s}
      """;

  @Override
  public String name() {
    return "identity";
  }

  @Override
  public String summary() {
    return "T25 to T29: certificates, plaintext, nodes, requests and tokens that are refused";
  }

  @Override
  public List<String> sabotages() {
    return List.of(RIGHT_CERTIFICATES, PERMISSIVE);
  }

  @Override
  public void run(Run run) throws Exception {
    // The mesh issues by the test's own intermediate: a bad certificate is bad in one way only.
    var now = Instant.now();
    var authority = TestAuthority.at(now);
    var folder = Files.createDirectories(run.work().toAbsolutePath());
    var issuer = authority.writeIssuer(folder.resolve("issuer.pem"));
    try (var processes = new Processes(run.work());
        var orders = Orders.open()) {
      processes.run(
          "import",
          run.home().resolve("bin/ondine").toString(),
          "ca",
          "import",
          "--ca-dir",
          folder.resolve("ca").toString(),
          issuer.toString());
      var mesh =
          SecuredMesh.start(run, processes, "mesh", "--ca-dir", folder.resolve("ca").toString());
      var callee = mesh.sidecar("orders", "--port", "80:" + orders.port() + "/http");
      var inbound = new InetSocketAddress(InetAddress.getLoopbackAddress(), callee.inbound());

      mesh.control().apply(DEMAND.formatted("permissive"));
      callee
          .process()
          .awaitReady("be permissive", CHANGE, () -> !Stranger.inTheClear(inbound).isEmpty());
      if (!run.sabotaged(PERMISSIVE)) {
        mesh.control().apply(DEMAND.formatted("strict"));
        callee
            .process()
            .awaitReady("be strict", CHANGE, () -> Stranger.inTheClear(inbound).isEmpty());
      }
      var before = orders.requests();
      run.report().exactly("t26_plaintext_answer", Stranger.inTheClear(inbound), "");
      run.report().exactly("t26_plaintext_reaches_app", orders.requests() - before, 0L);
      if (run.sabotaged(PERMISSIVE)) {
        return;
      }

      var caller = mesh.sidecar("web");
      var matrix =
          new TlsMatrix(
              run, mesh, authority, TestAuthority.at(now), run.sabotaged(RIGHT_CERTIFICATES));
      matrix.clients(callee, orders);
      matrix.servers(caller);
      if (!run.sabotaged(RIGHT_CERTIFICATES)) {
        var control = new ControlRows(run, mesh, authority);
        control.nodes();
        control.requests();
        control.tokens();
      }
      run.report().check("sidecars_live", callee.process().isAlive() && caller.process().isAlive());
    }
  }
}
