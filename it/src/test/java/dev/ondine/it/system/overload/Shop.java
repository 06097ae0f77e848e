package dev.ondine.it.system.overload;

import com.sun.net.httpserver.HttpServer;
import dev.ondine.testkit.mesh.ControlProcess;
import dev.ondine.testkit.mesh.SidecarProcess;
import dev.ondine.testkit.process.Processes;
import dev.ondine.testkit.scenario.Run;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executors;

/** A mesh with one service, which answers {@code /} with a word and {@code /big} with a lot. */
record Shop(Run run, Processes processes, ControlProcess control, HttpServer server)
    implements AutoCloseable {
  static final String AUTHORITY = "shop.default.mesh:8080";
  private static final int BIG = 8 << 20;

  static Shop open(Run run, Processes processes) throws IOException, InterruptedException {
    var control =
        ControlProcess.start(processes, List.of(), run.home(), run.work().resolve("control.db"));
    var server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_024);
    var big = new byte[BIG];
    server.createContext(
        "/",
        exchange -> {
          var body = exchange.getRequestURI().getPath().equals("/big") ? big : new byte[] {'o'};
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, body.length);
          try (var out = exchange.getResponseBody()) {
            out.write(body);
          }
        });
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    control.register("shop", "shop-0", 8080, "http", server.getAddress().getPort());
    return new Shop(run, processes, control, server);
  }

  /** A sidecar of a caller, started by this command. */
  SidecarProcess caller(String name, List<String> command, String... settings) throws IOException {
    var flags = new java.util.ArrayList<String>();
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
