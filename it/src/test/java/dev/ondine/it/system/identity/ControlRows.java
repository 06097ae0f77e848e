package dev.ondine.it.system.identity;

import dev.ondine.proto.v1.SignRequest;
import dev.ondine.testkit.scenario.Run;
import dev.ondine.testkit.tls.TestAuthority;
import dev.ondine.xds.codec.MeshTls;
import dev.ondine.xds.codec.ResourceType;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;

/**
 * T27 to T29: what control refuses a node that is somebody else, a request for what is never
 * signed, and a token that is not good any more. Each refusal leaves a line of audit.
 */
final class ControlRows {
  private static final String DENIED = "PERMISSION_DENIED";
  private static final String WRONG = "INVALID_ARGUMENT";

  private final Run run;
  private final SecuredMesh mesh;
  private final TestAuthority authority;

  /** Which of control's lines of audit an answer must have left. */
  private record Audited(String answer, long lines) {
    @Override
    public String toString() {
      return answer + (lines == 1 ? ", audited" : ", " + lines + " lines of audit");
    }
  }

  /** One call. */
  @FunctionalInterface
  private interface Call {
    String answer() throws Exception;
  }

  ControlRows(Run run, SecuredMesh mesh, TestAuthority authority) {
    this.run = run;
    this.mesh = mesh;
    this.authority = authority;
  }

  /** The proof is the connection's. */
  private static void byCertificate(SignRequest.Builder request) {}

  private ControlClient client(String account) throws Exception {
    var uri = "spiffe://mesh.local/ns/default/sa/" + account;
    return new ControlClient(mesh.control().xds(), Optional.of(authority.leaf(uri).issue()));
  }

  private void refused(String row, String status, String event, Call call) throws Exception {
    var before = mesh.audited("\"event\":\"" + event + "\"");
    var answer = call.answer();
    var seen = new Audited(answer, mesh.audited("\"event\":\"" + event + "\"") - before);
    run.report().exactly(row, seen.toString(), new Audited(status, 1).toString());
  }

  /** T27. The sidecar of {@code orders} is registered. */
  void nodes() throws Exception {
    try (var web = client("web");
        var orders = client("orders");
        var nobody = new ControlClient(mesh.control().xds(), Optional.empty())) {
      var secret = ResourceType.SECRET;
      run.report()
          .exactly(
              "t27_own_node", web.ask("web-0.default", "default", secret, MeshTls.BUNDLES), "OK 1");
      run.report()
          .exactly(
              "t27_registered_node",
              orders.ask("orders-0.default", "default", secret, MeshTls.BUNDLES),
              "OK 1");
      refused(
          "t27_others_node_secret",
          DENIED,
          "node_refused",
          () -> web.ask("orders-0.default", "default", secret, MeshTls.BUNDLES));
      refused(
          "t27_others_node_inbound",
          DENIED,
          "node_refused",
          () -> web.ask("orders-0.default", "default", ResourceType.INBOUND, MeshTls.INBOUND));
      refused(
          "t27_others_namespace",
          DENIED,
          "node_refused",
          () -> web.ask("web-0.bank", "bank", ResourceType.CLUSTER, "orders.default.mesh"));
      refused(
          "t27_forged_node_id",
          DENIED,
          "node_refused",
          () -> web.ask("web-0.bank", "default", ResourceType.CLUSTER, "orders.default.mesh"));
      refused(
          "t27_registers_as_other",
          DENIED,
          "node_refused",
          () -> web.register("default", "orders", "orders"));
      refused(
          "t27_takes_others_instance",
          DENIED,
          "node_refused",
          () -> web.register("default", "orders", "web"));
      run.report()
          .exactly(
              "t27_no_certificate",
              nobody.ask("web-0.default", "default", secret, MeshTls.BUNDLES),
              "UNAUTHENTICATED");
    }
  }

  /** T28. */
  void requests() throws Exception {
    try (var web = client("web")) {
      var keys = Requests.ec();
      var own = Requests.uris("spiffe://mesh.local/ns/default/sa/web");
      var other = Requests.uris("spiffe://mesh.local/ns/default/sa/orders");
      var san = Extension.subjectAlternativeName;
      run.report()
          .exactly(
              "t28_own_name",
              web.sign("default", "web", Requests.with(keys, san, own), ControlRows::byCertificate),
              "OK");
      sign("t28_other_name", DENIED, web, Requests.with(keys, san, other));
      var both =
          Requests.uris(
              "spiffe://mesh.local/ns/default/sa/web", "spiffe://mesh.local/ns/default/sa/orders");
      sign("t28_two_names", DENIED, web, Requests.with(keys, san, both));
      sign(
          "t28_ca_true",
          WRONG,
          web,
          Requests.with(keys, Extension.basicConstraints, new BasicConstraints(true)));
      sign(
          "t28_cert_sign",
          WRONG,
          web,
          Requests.with(keys, Extension.keyUsage, new KeyUsage(KeyUsage.keyCertSign)));
      var weak = Requests.rsa(1_024);
      sign("t28_rsa_1024", WRONG, web, Requests.signed(weak, weak));
      sign("t28_stolen_key", WRONG, web, Requests.signed(keys, Requests.ec()));
      sign("t28_no_request", WRONG, web, new byte[] {0x30, 0x03, 0x02, 0x01, 0x00});
      refused(
          "t28_for_other_account",
          DENIED,
          "certificate_refused",
          () ->
              web.sign(
                  "default", "orders", Requests.signed(keys, keys), ControlRows::byCertificate));
    }
  }

  private void sign(String row, String status, ControlClient client, byte[] csr) throws Exception {
    refused(
        row,
        status,
        "certificate_refused",
        () -> client.sign("default", "web", csr, ControlRows::byCertificate));
  }

  /** T29: with real tokens, by a client of another hand and by a sidecar. */
  void tokens() throws Exception {
    try (var nobody = new ControlClient(mesh.control().xds(), Optional.empty())) {
      var keys = Requests.ec();
      var csr = Requests.signed(keys, keys);
      var token = token("web");
      refused(
          "t29_other_identity",
          DENIED,
          "certificate_refused",
          () -> nobody.sign("default", "orders", csr, proof -> proof.setJoinToken(token)));
      run.report()
          .exactly(
              "t29_first_use",
              nobody.sign("default", "web", csr, proof -> proof.setJoinToken(token)),
              "OK");
      refused(
          "t29_second_use",
          DENIED,
          "certificate_refused",
          () -> nobody.sign("default", "web", csr, proof -> proof.setJoinToken(token)));
      var brief = token("web", "--ttl", "1s");
      LockSupport.parkNanos(1_500_000_000L); // there is no other way to let a real clock go on
      refused(
          "t29_after_its_time",
          DENIED,
          "certificate_refused",
          () -> nobody.sign("default", "web", csr, proof -> proof.setJoinToken(brief)));
      refused(
          "t29_no_proof",
          "UNAUTHENTICATED",
          "certificate_refused",
          () -> nobody.sign("default", "web", csr, ControlRows::byCertificate));
      refused(
          "t29_kubernetes_token",
          "UNIMPLEMENTED",
          "certificate_refused",
          () ->
              nobody.sign(
                  "default", "web", csr, proof -> proof.setServiceAccountToken("e30.e30.")));
    }
    sidecar();
  }

  /**
   * A sidecar joins by a token alone; one that is given the same token is told that it is spent.
   */
  private void sidecar() throws Exception {
    var file = Files.writeString(mesh.folder().resolve("token"), token("joiner"));
    var spent = Files.copy(file, mesh.folder().resolve("spent-token"));
    var nowhere = mesh.folder().resolve("no.sock").toString();
    var joined =
        mesh.unproven(
            "joiner",
            List.of(),
            List.of("--identity-socket", nowhere, "--join-token-file", file.toString()));
    run.report()
        .exactly(
            "t29_sidecar_joins", Files.exists(file) ? "token left" : "token gone", "token gone");
    joined.process().stop();
    var before = mesh.audited("spent_token");
    var late =
        dev.ondine.testkit.mesh.SidecarProcess.start(
            mesh.processes(),
            List.of(),
            run.home(),
            "joiner",
            mesh.control().xds(),
            List.of(
                "--identity",
                "on",
                "--identity-socket",
                nowhere,
                "--join-token-file",
                spent.toString()));
    late.process()
        .awaitReady(
            "say why it has no identity",
            java.time.Duration.ofSeconds(20),
            () -> SecuredMesh.page(late, "/ready").contains("was used already"));
    run.report().check("t29_sidecar_with_spent_token", mesh.audited("spent_token") > before);
    late.process().stop();
  }

  private String token(String account, String... more) throws Exception {
    var words = new java.util.ArrayList<>(List.of("token", "create", "--service-account", account));
    words.addAll(List.of(more));
    var said = mesh.ondine(words.toArray(String[]::new));
    return said.lines()
        .filter(line -> line.startsWith("ondine1."))
        .findFirst()
        .orElseThrow(() -> new java.io.IOException("no token in: " + said));
  }
}
