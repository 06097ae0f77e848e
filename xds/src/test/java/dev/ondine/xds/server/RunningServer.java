package dev.ondine.xds.server;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.base.metrics.PrometheusMetrics;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** An xDS server on a real socket, with a world behind it and clients that tests open. */
final class RunningServer {
  final World world = new World();
  final Metrics metrics = new PrometheusMetrics();
  final AdsServer ads;
  private final Server server;
  private final List<ManagedChannel> channels = new ArrayList<>();

  RunningServer() throws IOException {
    this(AdsSettings.DEFAULTS);
  }

  RunningServer(AdsSettings settings) throws IOException {
    ads = new AdsServer(world, settings, InstantSource.system(), metrics);
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(ads.service())
            .build()
            .start();
  }

  int port() {
    return server.getPort();
  }

  /** Changes the world, then says so, as control does. */
  void change(Runnable change, String... services) {
    change.run();
    ads.changed(Set.of(services));
  }

  /** A client of our own kind. */
  DeltaPeer sidecar() {
    return new DeltaPeer(channel(), "ondine");
  }

  /** A foreign client. */
  DeltaPeer envoy() {
    return new DeltaPeer(channel(), "envoy");
  }

  SotwPeer sotw() {
    return new SotwPeer(channel());
  }

  private ManagedChannel channel() {
    var channel = NettyChannelBuilder.forAddress("localhost", port()).usePlaintext().build();
    channels.add(channel);
    return channel;
  }

  void stop() throws InterruptedException {
    ads.stop();
    for (var channel : channels) {
      channel.shutdownNow();
    }
    server.shutdownNow().awaitTermination();
  }
}
