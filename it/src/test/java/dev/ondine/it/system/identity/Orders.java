package dev.ondine.it.system.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** A workload that counts what reaches it. */
final class Orders implements AutoCloseable {
  private final HttpServer server;
  private final AtomicLong requests = new AtomicLong();

  private Orders(HttpServer server) {
    this.server = server;
  }

  static Orders open() throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    var orders = new Orders(server);
    server.createContext(
        "/",
        exchange -> {
          orders.requests.incrementAndGet();
          var body = "order".getBytes(UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    return orders;
  }

  int port() {
    return server.getAddress().getPort();
  }

  long requests() {
    return requests.get();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
