package dev.ondine.control.api;

import dev.ondine.base.lifecycle.Component;
import dev.ondine.control.registry.Registry;
import dev.ondine.xds.server.AdsServer;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** What sidecars talk to: xDS and registration, on one port. Calls run on virtual threads. */
public final class GrpcServer implements Component {
  private static final int MAX_MESSAGE_BYTES = 4 << 20;
  private static final long STOP_SECONDS = 2;

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
        NettyServerBuilder.forAddress(address)
            .executor(calls)
            .addService(ads.service())
            .addService(new RegistrationService(registry))
            .maxInboundMessageSize(MAX_MESSAGE_BYTES)
            // Sidecars ping every 10 s, so that they notice a silent stream; half is still fine.
            .permitKeepAliveTime(5, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            // And a sidecar whose host vanished must not hold a stream for ever.
            .keepAliveTime(30, TimeUnit.SECONDS)
            .keepAliveTimeout(10, TimeUnit.SECONDS)
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
              + address.getHostString()
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

  /** Ends the streams first, so that sidecars go elsewhere at once, then the server. */
  @Override
  public void stop() {
    ads.stop();
    server.shutdown();
    try {
      if (!server.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException _) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    calls.shutdown();
  }
}
