package dev.ondine.it.system.overload;

import com.sun.net.httpserver.HttpServer;
import dev.ondine.testkit.mesh.ControlProcess;
import dev.ondine.testkit.mesh.SidecarProcess;
import dev.ondine.testkit.process.Processes;
import dev.ondine.testkit.scenario.Run;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;

/** A mesh with one service, which answers {@code /} with a word and {@code /big} with a lot. */
record Shop(Run run, Processes processes, ControlProcess control, HttpServer server)
    implements AutoCloseable {
  static final String AUTHORITY = "shop.default.mesh:8080";

  /** A registration would have to be repeated. */
  @SuppressWarnings("InlineFormatString") // its text is long
  private static final String DOCUMENTS =
      """
      apiVersion: mesh.ondine.dev/v1
      kind: Service
      metadata: {name: shop}
      spec: {ports: [{port: 8080, protocol: http}]}
      ---
      apiVersion: mesh.ondine.dev/v1
      kind: Workload
      metadata: {name: shop-0}
      spec:
        service: shop
        address: 127.0.0.1
        ports: [{port: 8080, targetPort: %d, protocol: http}]
      """;

  private static final byte[] PIECE = new byte[8 << 10];
  private static final int BIG = 8 << 20;

  static Shop open(Run run, Processes processes) throws IOException, InterruptedException {
    var control =
        ControlProcess.start(processes, List.of(), run.home(), run.work().resolve("control.db"));
    var server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_024);
    server.createContext(
        "/",
        exchange -> {
          var big = exchange.getRequestURI().getPath().equals("/big");
          exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
          exchange.sendResponseHeaders(200, big ? BIG : 1);
          try (var out = exchange.getResponseBody()) {
            // In pieces: the server makes a buffer as large as each.
            for (var left = big ? BIG : 1; left > 0; left -= PIECE.length) {
              out.write(PIECE, 0, Math.min(left, PIECE.length));
            }
          }
        });
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    control.apply(DOCUMENTS.formatted(server.getAddress().getPort()));
    return new Shop(run, processes, control, server);
  }

  /** A sidecar of a caller, started by this command. */
  SidecarProcess caller(String name, List<String> command, String... settings) throws IOException {
    var flags = new ArrayList<String>();
    for (var setting : settings) {
      flags.addAll(List.of("--set", setting));
    }
    return SidecarProcess.start(processes, command, run.home(), name, control.xds(), flags);
  }

  Customers customers(SidecarProcess sidecar, int connections, int perSecond) {
    return new Customers(sidecar.explicit(), AUTHORITY, connections, perSecond);
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
