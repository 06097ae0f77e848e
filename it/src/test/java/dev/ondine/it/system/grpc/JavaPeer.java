package dev.ondine.it.system.grpc;

import dev.ondine.testkit.process.Ports;
import dev.ondine.testkit.process.Processes;
import dev.ondine.testkit.process.Programs;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The interop client and server that the grpc-java project publishes. */
final class JavaPeer {
  private static final Duration START = Duration.ofSeconds(20);
  private static final String MAIN = "io.grpc.testing.integration.TestService";
  private static final Pattern CASE = Pattern.compile("^ {6}(\\w+): ", Pattern.MULTILINE);
  private static final String ITERATIONS = "20";
  private static final String NO_PROBE =
      "the server of grpc-java does not refuse what came uncompressed";
  private static final String ACCOUNT = "needs an account of a cloud";

  /** What cannot be run here; whatever else the client has is run, also what it gets later. */
  private static final Map<String, String> LEFT_OUT = leftOut();

  private final Processes processes;
  private final String classPath;
  private final List<String> cases;

  private JavaPeer(Processes processes, String classPath) throws IOException, InterruptedException {
    this.processes = processes;
    this.classPath = classPath;
    this.cases = cases(processes, classPath);
  }

  private static Map<String, String> leftOut() {
    var reasons = new LinkedHashMap<String, String>();
    reasons.put("cacheable_unary", "needs a cache in front of the server; gRPC has given up GET");
    for (var name :
        List.of(
            "compute_engine_creds",
            "compute_engine_channel_credentials",
            "service_account_creds",
            "jwt_token_creds",
            "oauth2_auth_token",
            "per_rpc_creds",
            "google_default_credentials")) {
      reasons.put(name, ACCOUNT);
    }
    return reasons;
  }

  /**
   * Fetches what is missing with Maven.
   *
   * @param project the POM that names it
   * @param tools where the class path is kept
   */
  static JavaPeer install(Processes processes, Path project, Path tools, PrintStream out)
      throws IOException, InterruptedException {
    var file = Files.createDirectories(tools).resolve("grpc-interop.class-path").toAbsolutePath();
    if (!isComplete(file, project)) {
      out.println("fetching the interop programs of grpc-java ...");
      processes.run(
          "mvn",
          Map.of("JAVA_HOME", System.getProperty("java.home")),
          List.of(
              Programs.find("mvn", "Maven 3.8 or newer"),
              "-B",
              "-q",
              "-f",
              project.toString(),
              "dependency:build-classpath",
              "-Dmdep.outputFile=" + file));
    }
    return new JavaPeer(processes, Files.readString(file).strip());
  }

  private static boolean isComplete(Path file, Path project) throws IOException {
    return Files.exists(file)
        && Files.getLastModifiedTime(file).compareTo(Files.getLastModifiedTime(project)) > 0
        && Stream.of(Files.readString(file).strip().split(File.pathSeparator))
            .allMatch(jar -> Files.exists(Path.of(jar)));
  }

  /** Starts the server. */
  InteropServer server() throws IOException {
    var port = Ports.free();
    var server =
        processes.start(
            "java-server",
            Map.of(),
            words(classPath, "Server", "--port=" + port, "--use_tls=false"));
    server.awaitPort(port, START);
    return new InteropServer(
        "java",
        port,
        Map.of("client_compressed_unary", NO_PROBE, "client_compressed_streaming", NO_PROBE));
  }

  /** The client with its HTTP/2 by Netty. */
  InteropClient netty() {
    return client("java", List.of());
  }

  /**
   * The client with its HTTP/2 by OkHttp, which is another one. It takes the authority's port from
   * where it connects to.
   */
  InteropClient okHttp() {
    return client("java-okhttp", List.of("--use_okhttp=true"));
  }

  private InteropClient client(String name, List<String> options) {
    return new InteropClient(
        name,
        cases,
        LEFT_OUT,
        (testCase, port, authority) -> {
          var words =
              words(
                  classPath,
                  "Client",
                  "--server_host=127.0.0.1",
                  "--server_port=" + port,
                  "--server_host_override=" + authority,
                  "--use_tls=false",
                  "--soak_iterations=" + ITERATIONS,
                  "--soak_per_iteration_max_acceptable_latency_ms=5000",
                  "--soak_overall_timeout_seconds=60",
                  "--test_case=" + testCase);
          if (testCase.startsWith("orca_")) {
            // The balancer that keeps the reports of load, which these cases compare.
            words.add(
                "--service_config_json="
                    + "{\"loadBalancingConfig\":[{\"test_backend_metrics_load_balancer\":{}}]}");
          }
          words.addAll(options);
          return words;
        });
  }

  /** What the client itself lists; asking for help is no success to it. */
  private static List<String> cases(Processes processes, String classPath)
      throws IOException, InterruptedException {
    var help = processes.start("java-cases", Map.of(), words(classPath, "Client", "--help"));
    help.awaitExit();
    var cases =
        CASE.matcher(Files.readString(help.log())).results().map(line -> line.group(1)).toList();
    if (cases.isEmpty()) {
      throw new IOException("the client of grpc-java lists no cases: " + help.lastLines());
    }
    return cases;
  }

  private static List<String> words(String classPath, String program, String... options) {
    var words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", // they live for a second
                "-XX:+UseSerialGC",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classPath,
                MAIN + program));
    words.addAll(List.of(options));
    return words;
  }
}
