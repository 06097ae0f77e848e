package dev.ondine.control.api.http;

import dev.ondine.base.lifecycle.Component;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/** The HTTP server of the admin API: one address, each request on a virtual thread. */
public final class WebServer implements Component {
  private static final int MAX_CONCURRENT = 256;
  private static final int MAX_BODY_BYTES = 8 * 1024 * 1024;
  private static final int MAX_HEADER_BYTES = 16 * 1024;
  private static final long IDLE_MILLIS = 30_000;
  private static final long STOP_MILLIS = 300;

  private final Server server;
  private final ServerConnector connector;
  private final InetSocketAddress address;

  /**
   * A server that is not started yet.
   *
   * @param address to bind; port 0 for any
   */
  public WebServer(InetSocketAddress address, List<ApiRoute> routes) {
    this.address = address;
    var threads = new VirtualThreadPool(MAX_CONCURRENT);
    threads.setName("admin");
    server = new Server(threads);
    server.setStopTimeout(STOP_MILLIS);
    var http = new HttpConfiguration();
    http.setSendServerVersion(false);
    http.setSendDateHeader(false);
    http.setRequestHeaderSize(MAX_HEADER_BYTES);
    http.setUriCompliance(UriCompliance.RFC3986);
    connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
    connector.setHost(address.getAddress().getHostAddress());
    connector.setPort(address.getPort());
    connector.setIdleTimeout(IDLE_MILLIS);
    server.addConnector(connector);
    var guarded = new HostGuard(guardedHosts(address), new ApiRouter(routes, MAX_BODY_BYTES));
    server.setHandler(new GracefulHandler(guarded));
  }

  @Override
  public String name() {
    return "admin";
  }

  /** Binds and serves; an {@link IOException} names the address where that is taken. */
  @Override
  public void start() throws Exception {
    try {
      connector.open();
    } catch (IOException e) {
      var cause = e.getCause() == null ? e : e.getCause();
      throw new IOException("cannot listen on " + text(address) + ": " + cause.getMessage(), e);
    }
    server.start();
  }

  /** Where it listens, with the real port. */
  public InetSocketAddress address() {
    return new InetSocketAddress(address.getAddress(), connector.getLocalPort());
  }

  @Override
  public void stop() {
    try {
      server.stop();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      throw new IllegalStateException("the admin server did not stop", e);
    }
  }

  private static Set<String> guardedHosts(InetSocketAddress address) {
    return address.getAddress().isAnyLocalAddress()
        ? Set.of()
        : Set.of(address.getAddress().getHostAddress());
  }

  private static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }
}
