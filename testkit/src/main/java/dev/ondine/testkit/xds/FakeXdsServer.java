package dev.ondine.testkit.xds;

import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real gRPC server for delta ADS that answers nothing by itself: a test takes the requests and
 * writes the responses.
 *
 * <p>Nothing here waits: what has arrived is polled, so that a test can drive its client meanwhile.
 */
public final class FakeXdsServer implements AutoCloseable {
  private final Queue<FakeXdsStream> streams = new ConcurrentLinkedQueue<>();
  private final Server server;
  private final int port;

  private FakeXdsServer(int wanted) throws IOException {
    server =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted))
            .permitKeepAliveTime(1, TimeUnit.MILLISECONDS)
            .addService(new Service())
            .build()
            .start();
    this.port = server.getPort();
  }

  /** A server on a free port. */
  public static FakeXdsServer start() throws IOException {
    return new FakeXdsServer(0);
  }

  /** A server on the port of one that was closed: the same control plane, restarted. */
  public static FakeXdsServer restart(int port) throws IOException {
    return new FakeXdsServer(port);
  }

  /** Where it listens, or listened before it was closed. */
  public int port() {
    return port;
  }

  /** The next stream that a client opened, or null while there is none. */
  public @Nullable FakeXdsStream pollStream() {
    return streams.poll();
  }

  /** Kills the server: connections break without a word. */
  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Service extends AggregatedDiscoveryServiceImplBase {
    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
        StreamObserver<DeltaDiscoveryResponse> responses) {
      var stream = new FakeXdsStream((ServerCallStreamObserver<DeltaDiscoveryResponse>) responses);
      streams.add(stream);
      return stream.requests();
    }
  }
}
