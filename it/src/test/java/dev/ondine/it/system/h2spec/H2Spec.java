package dev.ondine.it.system.h2spec;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ondine.testkit.mesh.SidecarProcess;
import dev.ondine.testkit.process.GoProgram;
import dev.ondine.testkit.process.Nginx;
import dev.ondine.testkit.process.Ports;
import dev.ondine.testkit.process.ProcFs;
import dev.ondine.testkit.process.Processes;
import dev.ondine.testkit.scenario.Run;
import dev.ondine.testkit.scenario.Scenario;
import dev.ondine.testkit.tls.TestCertificate;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A sidecar obeys RFC 9113: h2spec, strict, finds no failure in the clear or by TLS, whichever
 * version of HTTP the workload behind it speaks.
 */
public final class H2Spec implements Scenario {
  /** A port that is said to speak HTTP/1.1, whose codec answers what h2spec takes for a fault. */
  private static final String HTTP1_PORT = "http1-port";

  private static final int HTTP2 = 81;
  private static final int TESTS = 146;
  private static final int REPETITIONS = 10;

  @Override
  public String name() {
    return "h2spec";
  }

  @Override
  public String summary() {
    return "h2spec, strict, through a sidecar: in the clear and by TLS";
  }

  @Override
  public List<String> sabotages() {
    return List.of(HTTP1_PORT);
  }

  @Override
  public Optional<String> obstacle() {
    try {
      var _ = GoProgram.compiler();
      var _ = Nginx.program();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void run(Run run) throws Exception {
    try (var processes = new Processes(run.work())) {
      var repository = Path.of(System.getProperty("ondine.repository", "."));
      var h2spec = H2SpecProgram.build(repository, processes, run.out());
      var workload = Workload.start(processes, run.work());
      var certificate = TestCertificate.ec();
      var sidecar =
          SidecarProcess.start(
              processes,
              List.of(),
              run.home(),
              "web",
              Ports.free(), // it does without a control plane
              List.of(
                  "--port",
                  // Of which nothing is said is spoken to as its callers speak.
                  "80:" + workload.http1() + (run.sabotaged(HTTP1_PORT) ? "" : "/http"),
                  "--port",
                  HTTP2 + ":" + workload.http2() + "/http2",
                  "--tls-cert",
                  absolute(certificate.writeChain(run.work().resolve("chain.pem"))),
                  "--tls-key",
                  absolute(certificate.writeKey(run.work().resolve("key.pem")))));
      var listeners = listeners(sidecar);
      var http1 = port(listeners, "inbound");
      var http2 = port(listeners, "inbound-" + HTTP2);
      if (run.sabotaged(HTTP1_PORT)) {
        check(run, h2spec, processes, "cleartext", http1, false);
        return;
      }
      // Else h2spec would be as content with the sidecar's own refusals.
      run.report().exactly("tls_answer", answer(certificate, http2), "200 hello");
      run.report().exactly("tls_to_http1_answer", answer(certificate, http1), "200 hello");
      for (var i = 0; i < (run.full() ? REPETITIONS : 1); i++) {
        var number = i == 0 ? "" : "_" + (i + 1);
        check(run, h2spec, processes, "cleartext" + number, http2, false);
        check(run, h2spec, processes, "tls" + number, http2, true);
        check(run, h2spec, processes, "tls_to_http1" + number, http1, true);
      }
      run.report().check("sidecar_lives", sidecar.process().isAlive());
      run.report().tell("sidecar_mib", Math.round(ProcFs.residentMiB(sidecar.process().pid())));
    }
  }

  private static void check(
      Run run, H2SpecProgram h2spec, Processes processes, String name, int port, boolean tls)
      throws IOException, InterruptedException {
    var result = h2spec.run(processes, name, port, tls);
    if (!result.failures().isEmpty()) {
      run.out().println(name + ": " + result.failures());
    }
    run.report().exactly(name + "_failed", result.failed(), 0);
    run.report().atLeast(name + "_tests", result.tests(), TESTS);
    run.report().exactly(name + "_skipped", result.skipped(), 0);
  }

  /** What a client by TLS is answered that may choose the version of HTTP. */
  private static String answer(TestCertificate certificate, int port) throws Exception {
    var uri = URI.create("https://localhost:" + port + "/");
    try (var http = HttpClient.newBuilder().sslContext(certificate.client()).build()) {
      var answer = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.body();
    }
  }

  private static String absolute(Path file) {
    return file.toAbsolutePath().toString();
  }

  private static JsonNode listeners(SidecarProcess sidecar)
      throws IOException, InterruptedException {
    var info = URI.create("http://127.0.0.1:" + sidecar.admin() + "/info");
    try (var http = HttpClient.newHttpClient()) {
      var page = http.send(HttpRequest.newBuilder(info).build(), BodyHandlers.ofString()).body();
      return new ObjectMapper().readTree(page).path("listeners");
    }
  }

  private static int port(JsonNode listeners, String name) throws IOException {
    var address = listeners.path(name).asText();
    if (address.isEmpty()) {
      throw new IOException("the sidecar has no listener " + name + ": " + listeners);
    }
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }
}
