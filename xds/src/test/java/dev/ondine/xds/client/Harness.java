package dev.ondine.xds.client;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import dev.ondine.base.metrics.PrometheusMetrics;
import dev.ondine.base.time.Scheduler;
import dev.ondine.base.time.Ticker;
import dev.ondine.model.AppProtocol;
import dev.ondine.model.Cluster;
import dev.ondine.model.Locality;
import dev.ondine.testkit.ManualClock;
import dev.ondine.testkit.xds.FakeXdsServer;
import dev.ondine.testkit.xds.FakeXdsStream;
import dev.ondine.xds.client.AdsClient.StreamWatcher;
import dev.ondine.xds.codec.Node;
import dev.ondine.xds.codec.ResourceType;
import dev.ondine.xds.codec.encode.Encoder;
import dev.ondine.xds.transport.ChannelSecurity;
import dev.ondine.xds.transport.GrpcChannels;
import dev.ondine.xds.transport.ServerAddress;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A client whose time stands still, and a real server to talk to. What comes over the socket is
 * waited for in real time while the client's tasks run on the test's thread.
 */
final class Harness {
  static final Node NODE =
      new Node(
          "web-0.shop",
          "web",
          Map.of("NAMESPACE", "shop"),
          Locality.UNKNOWN,
          Node.ONDINE,
          "1.0",
          Set.of());

  final ManualClock clock = new ManualClock();
  final GrpcChannels channels = new GrpcChannels(0);
  final PrometheusMetrics metrics = new PrometheusMetrics();
  final List<String> stream = new ArrayList<>();

  /** Every delay that the client asked for, in order. */
  private final List<Duration> delays = new ArrayList<>();

  private final Scheduler scheduler =
      new Scheduler() {
        @Override
        public Timer schedule(Duration delay, Runnable task) {
          delays.add(delay);
          return clock.schedule(delay, task);
        }

        @Override
        public void execute(Runnable task) {
          clock.execute(task);
        }

        @Override
        public boolean inThread() {
          return clock.inThread();
        }

        @Override
        public Ticker ticker() {
          return clock;
        }
      };

  private final List<FakeXdsServer> servers = new ArrayList<>();
  private @Nullable GrpcAdsClient client;

  FakeXdsServer server() throws Exception {
    return add(FakeXdsServer.start());
  }

  FakeXdsServer restart(FakeXdsServer closed) throws Exception {
    return add(FakeXdsServer.restart(closed.port()));
  }

  private FakeXdsServer add(FakeXdsServer server) {
    servers.add(server);
    return server;
  }

  static ServerAddress address(int port) {
    return new ServerAddress("127.0.0.1", port);
  }

  static AdsClientSettings settings(FakeXdsServer... servers) {
    return AdsClientSettings.of(
        List.of(servers).stream().map(server -> address(server.port())).toList(),
        NODE,
        new ChannelSecurity.Plaintext());
  }

  GrpcAdsClient connect(FakeXdsServer... servers) {
    return connect(settings(servers));
  }

  GrpcAdsClient connect(AdsClientSettings settings) {
    var connecting = new GrpcAdsClient(settings, scheduler, channels, new Random(1), metrics);
    client = connecting;
    connecting.onStream(
        new StreamWatcher() {
          @Override
          public void up(String server) {
            stream.add("up");
          }

          @Override
          public void down(String reason) {
            stream.add("down: " + reason);
          }
        });
    connecting.start();
    clock.run();
    return connecting;
  }

  void stop() {
    if (client != null) {
      client.stop();
    }
    servers.forEach(FakeXdsServer::close);
    channels.close();
  }

  /** Waits for it, running the client's tasks; time stands still. */
  void until(BooleanSupplier condition) {
    Awaitility.await()
        .pollInSameThread()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .until(
            () -> {
              clock.run();
              return condition.getAsBoolean();
            });
  }

  private <T> T next(Supplier<@Nullable T> poll) {
    var found = new AtomicReference<@Nullable T>();
    until(
        () -> {
          found.set(poll.get());
          return found.get() != null;
        });
    return requireNonNull(found.get());
  }

  /** The next stream that the client opens. */
  FakeXdsStream stream(FakeXdsServer server) {
    return next(server::pollStream);
  }

  /** The next request. */
  DeltaDiscoveryRequest request(FakeXdsStream from) {
    return next(from::pollRequest);
  }

  /** The next request, which must be about this type. */
  DeltaDiscoveryRequest request(FakeXdsStream from, ResourceType type) {
    var request = request(from);
    assertThat(request.getTypeUrl()).isEqualTo(type.url());
    return request;
  }

  /** The next request, which must answer this response and do nothing else. */
  DeltaDiscoveryRequest answer(FakeXdsStream from, ResourceType type) {
    var request = request(from, type);
    assertThat(request.getResponseNonce()).isNotEmpty();
    assertThat(request.getResourceNamesSubscribeList()).isEmpty();
    assertThat(request.getResourceNamesUnsubscribeList()).isEmpty();
    return request;
  }

  /** How often the client has told that its stream is down, after its first words. */
  int failures() {
    return (int) stream.stream().filter(line -> line.startsWith("down: 127.0.0.1")).count();
  }

  /** Waits for the failure of this number, and returns the pause that follows it. */
  Duration pauseAfterFailure(int number) {
    until(() -> failures() == number);
    return delays.getLast();
  }

  /** Whether the watcher of the stream was last told that it is up. */
  boolean isUp() {
    return !stream.isEmpty() && stream.getLast().equals("up");
  }

  /**
   * Nothing is under way from the client: the next thing to come is what a fence, a name subscribed
   * now, causes.
   */
  void nothingComes(FakeXdsStream from) {
    var fence = "fence-" + from.hashCode() + "-" + clock.timers();
    var subscription = requireNonNull(client).subscribe(ResourceType.ROUTES, fence, new Recorder());
    assertThat(request(from, ResourceType.ROUTES).getResourceNamesSubscribeList())
        .containsExactly(fence);
    subscription.close();
    assertThat(request(from, ResourceType.ROUTES).getResourceNamesUnsubscribeList())
        .containsExactly(fence);
  }

  static Any cluster(String name) {
    return cluster(name, AppProtocol.AUTO);
  }

  static Any cluster(String name, AppProtocol protocol) {
    return Encoder.encode(
        new Cluster(
            name,
            name,
            Cluster.Balancing.LEAST_REQUEST,
            Duration.ofSeconds(5),
            protocol,
            Set.of()));
  }

  /** A cluster that no proxy could use. */
  static Any badCluster(String name) {
    return Any.pack(
        io.envoyproxy.envoy.config.cluster.v3.Cluster.newBuilder().setName(name).build());
  }
}
