package dev.ondine.control.api;

import dev.ondine.base.lifecycle.Component;
import dev.ondine.control.registry.Registry;
import dev.ondine.xds.server.AdsServer;
import dev.ondine.xds.transport.GrpcServers;
import io.grpc.Server;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What sidecars talk to: xDS and registration, on one port. Calls run on virtual threads. */
public final class GrpcServer implements Component {
  /** For the goodbyes to reach the sidecars. */
  private static final long STOP_MILLIS = 200;

  private static final Logger LOG = LoggerFactory.getLogger(GrpcServer.class);

  private final InetSocketAddress address;
  private final AdsServer ads;
  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
  private final Server server;

  /**
   * A server that is not started yet.
   *
   * @param address to bind; port 0 for any
   */
  public GrpcServer(InetSocketAddress address, AdsServer ads, Registry registry) {
    this.address = address;
    this.ads = ads;
    server =
        GrpcServers.at(address)
            .executor(calls)
            .addService(ads.service())
            .addService(new RegistrationService(registry))
            .build();
  }

  @Override
  public String name() {
    return "xds";
  }

  /** Binds and serves; an {@link IOException} names the address where that is taken. */
  @Override
  public void start() throws IOException {
    try {
      server.start();
    } catch (IOException e) {
      var cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(
          "cannot listen on "
              + address.getAddress().getHostAddress()
              + ":"
              + address.getPort()
              + ": "
              + cause.getMessage(),
          e);
    }
  }

  /** Where it listens, with the real port. */
  public InetSocketAddress address() {
    return new InetSocketAddress(address.getAddress(), server.getPort());
  }

  /**
   * Ends the streams first, so that sidecars go elsewhere at once, then the server. Registrations
   * are only cut off: their leases live on.
   */
  @Override
  public void stop() {
    ads.stop();
    server.shutdown();
    try {
      if (!server.awaitTermination(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
        if (!server.awaitTermination(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
          LOG.warn("calls at {} did not end in time", address);
        }
      }
    } catch (InterruptedException _) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    calls.shutdown();
  }
}
