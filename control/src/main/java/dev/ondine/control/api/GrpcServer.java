package dev.ondine.control.api;

import dev.ondine.base.lifecycle.Component;
import dev.ondine.control.ca.ClientTrust;
import dev.ondine.control.ca.IdentityAuthority;
import dev.ondine.control.ca.OwnKeys;
import dev.ondine.control.census.Census;
import dev.ondine.control.registry.Registry;
import dev.ondine.xds.server.AdsServer;
import dev.ondine.xds.transport.CallPeer;
import dev.ondine.xds.transport.GrpcServers;
import dev.ondine.xds.transport.ServerSecurity;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What sidecars talk to: services on one port. Calls run on virtual threads. */
public final class GrpcServer implements Component {
  /** For the goodbyes to reach the sidecars. */
  private static final long STOP_MILLIS = 200;

  private static final Logger LOG = LoggerFactory.getLogger(GrpcServer.class);

  private final InetSocketAddress address;
  private final AdsServer ads;
  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
  private final Server server;

  private GrpcServer(
      InetSocketAddress address,
      ServerSecurity security,
      AdsServer ads,
      List<ServerServiceDefinition> services) {
    this.address = address;
    this.ads = ads;
    var builder = GrpcServers.at(address, security).executor(calls);
    services.forEach(builder::addService);
    server = builder.build();
  }

  /**
   * A server in the clear that believes all, not started yet.
   *
   * @param address to bind; port 0 for any
   */
  public static GrpcServer open(
      InetSocketAddress address, AdsServer ads, Registry registry, Census census) {
    return new GrpcServer(
        address,
        new ServerSecurity.Plaintext(),
        ads,
        List.of(
            ads.service(),
            new RegistrationService(registry, census, Optional.empty()).bindService()));
  }

  /** A server in the clear for foreign clients: they take xDS, and do not register. */
  public static GrpcServer foreign(InetSocketAddress address, AdsServer ads) {
    return new GrpcServer(address, new ServerSecurity.Plaintext(), ads, List.of(ads.service()));
  }

  /**
   * A server over TLS: who shows no certificate may only ask for one.
   *
   * @param rules what clients may say of themselves
   */
  public static GrpcServer secured(
      InetSocketAddress address,
      AdsServer ads,
      Registry registry,
      Census census,
      Optional<PeerRules> rules,
      IdentityAuthority ca) {
    var security =
        new ServerSecurity.Tls(new OwnKeys(ca::own), new ClientTrust(ca), ca::verifyClient);
    return new GrpcServer(
        address,
        security,
        ads,
        List.of(
            ServerInterceptors.intercept(ads.service(), CallPeer.requireIdentity()),
            ServerInterceptors.intercept(
                new RegistrationService(registry, census, rules), CallPeer.requireIdentity()),
            new WorkloadIdentityService(ca).bindService()));
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
