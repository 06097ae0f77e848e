package dev.ondine.it.system.grpc;

import dev.ondine.testkit.process.GoProgram;
import dev.ondine.testkit.process.Ports;
import dev.ondine.testkit.process.Processes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The interop cases and the interop server of the grpc-go project. */
final class GoPeer {
  private static final Duration START = Duration.ofSeconds(10);
  private static final String SERVER = "google.golang.org/grpc/interop/server";

  /** What grpc-java has cases for and this server has not. */
  private static final Map<String, String> LACKS =
      Map.of(
          "client_compressed_unary", "the server of grpc-go does not check compression",
          "client_compressed_unary_noprobe", "the server of grpc-go does not check compression",
          "client_compressed_streaming", "the server of grpc-go does not check compression",
          "client_compressed_streaming_noprobe", "the server of grpc-go does not check compression",
          "server_compressed_unary", "the server of grpc-go does not compress when asked to",
          "server_compressed_streaming", "the server of grpc-go does not compress when asked to",
          "very_large_request", "the server of grpc-go takes messages of 4 MiB at most");

  private final Processes processes;
  private final Path client;
  private final Path server;

  private GoPeer(Processes processes, Path client, Path server) {
    this.processes = processes;
    this.client = client;
    this.server = server;
  }

  /**
   * Builds both.
   *
   * @param sources the folder of our program around the cases
   * @throws IOException when they cannot be built; the message says what is missing
   */
  static GoPeer build(Processes processes, Path sources, Path work)
      throws IOException, InterruptedException {
    var client = work.resolve("go-client").toAbsolutePath();
    var server = work.resolve("go-server").toAbsolutePath();
    GoProgram.build(processes, "the client of grpc-go", sources, ".", client);
    GoProgram.build(processes, "the server of grpc-go", sources, SERVER, server);
    return new GoPeer(processes, client, server);
  }

  /** Starts the server. */
  InteropServer server() throws IOException {
    var port = Ports.free();
    var process =
        processes.start("go-server", Map.of(), List.of(server.toString(), "-port=" + port));
    process.awaitPort(port, START);
    return new InteropServer("go", port, LACKS);
  }

  /** The client. */
  InteropClient client() throws IOException, InterruptedException {
    var cases = processes.run("go-cases", client.toString(), "cases").lines().toList();
    return new InteropClient(
        "go",
        cases,
        Map.of("pick_first_unary", "the servers of grpc-go and grpc-java do not tell their names"),
        (testCase, port, authority) ->
            List.of(client.toString(), "client", "127.0.0.1:" + port, authority, testCase));
  }
}
