package dev.ondine.it.mesh;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A workload over HTTP: answers every request with its own name. */
final class Backend implements MeshHarness.Part {
  private final AtomicInteger requests = new AtomicInteger();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  Backend(String name) throws IOException {
    server = HttpServer.create(MeshHarness.loopback(0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          exchange.getRequestBody().readAllBytes();
          var answer = name.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /** How many requests came. */
  int requests() {
    return requests.get();
  }

  /** Ends at once, connections and all. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
