package dev.ondine.proxy.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.ondine.base.metrics.PrometheusMetrics;
import dev.ondine.model.AppProtocol;
import dev.ondine.model.Cluster;
import dev.ondine.model.ClusterEndpoints;
import dev.ondine.model.DemandKey;
import dev.ondine.model.Endpoint;
import dev.ondine.model.Listener;
import dev.ondine.model.Route;
import dev.ondine.model.RouteAction;
import dev.ondine.model.RouteConfiguration;
import dev.ondine.model.RouteMatch;
import dev.ondine.model.ServiceState;
import dev.ondine.model.VirtualHost;
import dev.ondine.proxy.balance.Balancers;
import dev.ondine.proxy.discovery.CacheFixture;
import dev.ondine.proxy.discovery.Shop;
import dev.ondine.proxy.endpoint.EndpointConnector;
import dev.ondine.proxy.endpoint.OutsideNames;
import dev.ondine.proxy.endpoint.OwnPorts;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.telemetry.AccessLog;
import dev.ondine.proxy.telemetry.AccessLogWriter;
import dev.ondine.proxy.telemetry.TcpMetrics;
import dev.ondine.proxy.tls.Plaintext;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.EventLoops;
import dev.ondine.proxy.transport.ListenerSettings;
import dev.ondine.proxy.transport.TcpConnector;
import dev.ondine.proxy.transport.TcpListener;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A listener before the TCP path, whose connections were meant for where the test says. */
final class TcpFixture implements Closeable {
  static final DemandKey.VirtualIp DB = new DemandKey.VirtualIp("240.240.0.5", 3306);

  final CacheFixture mesh;
  final PrometheusMetrics metrics = new PrometheusMetrics();
  final EventLoops loops = EventLoops.start(2);
  final EndpointConnector connector =
      new EndpointConnector(
          new TcpConnector(loops, Map.of(), TcpConnector.Guard.OFF), new Plaintext());
  final Sessions sessions;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final AccessLogWriter writer = new AccessLogWriter(log, metrics);
  private final TcpSettings settings;
  private final List<Closeable> opened = new ArrayList<>();
  private volatile Optional<InetSocketAddress> destination = Optional.empty();
  private @Nullable TcpListener listener;

  TcpFixture(Map<String, String> settings) {
    this(settings, Map.of());
  }

  TcpFixture(Map<String, String> settings, Map<String, String> discovery) {
    this.mesh = new CacheFixture(discovery);
    this.settings = TcpSettings.parse(settings);
    writer.start();
    sessions =
        new Sessions(
            new AccessLog(writer, AccessLog.Extent.ALL, InstantSource.system()),
            new TcpMetrics(metrics, "shop-0", "default", "shop"),
            this.settings.relay());
  }

  OutboundTcp outbound(OutsideNames.Policy outsideNames, Integer... ownPorts) {
    return new OutboundTcp(
        "default",
        sessions,
        mesh.cache,
        new Balancers(new Random(1)),
        connector,
        settings,
        outsideNames,
        new OwnPorts(Set.of(ownPorts)));
  }

  void listens(Acceptor acceptor, Direction direction) throws IOException {
    var loopback = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    listener =
        TcpListener.bind(
            loops,
            ListenerSettings.on(loopback, direction).redirected(channel -> destination),
            acceptor);
  }

  /** The next connections are meant for this address. */
  void meantFor(String ip, int port) {
    destination = Optional.of(new InetSocketAddress(InetAddress.ofLiteral(ip), port));
  }

  void meantFor(DemandKey.VirtualIp virtualIp) {
    meantFor(virtualIp.ip(), virtualIp.port());
  }

  void meantForNobody() {
    destination = Optional.empty();
  }

  Peer client() throws IOException {
    return keep(Peer.connect(port()));
  }

  int port() {
    return ((InetSocketAddress) java.util.Objects.requireNonNull(listener).address()).getPort();
  }

  Upstream upstream() throws IOException {
    return keep(new Upstream());
  }

  <T extends Closeable> T keep(T closeable) {
    opened.add(closeable);
    return closeable;
  }

  /** A TCP service known by its virtual IP, with endpoints on these ports of loopback. */
  static Shop.Offer db(Integer... ports) {
    return offer(new Listener.Traffic.Tcp("db.default.mesh:3306"), AppProtocol.TCP, ports);
  }

  /** The same as an HTTP service, all of whose routes lead to these clusters. */
  static Shop.Offer web(AppProtocol protocol, List<String> clusters, Integer... ports) {
    var name = "db.default.mesh:3306";
    var routes =
        clusters.stream()
            .map(RouteAction.Forward::new)
            .map(action -> new Route("", RouteMatch.ANY, action, Optional.empty()))
            .toList();
    var host = new VirtualHost(name, List.of("*"), routes);
    var inline = new Listener.Traffic.HttpInline(new RouteConfiguration(name, List.of(host)));
    return offer(inline, protocol, ports);
  }

  private static Shop.Offer offer(
      Listener.Traffic traffic, AppProtocol protocol, Integer... ports) {
    var name = "db.default.mesh:3306";
    var info = new Listener.ServiceInfo("db", "default", DB.port(), protocol, Optional.of(DB.ip()));
    var endpoints = Arrays.stream(ports).map(port -> Endpoint.of("127.0.0.1", port)).toList();
    return new Shop.Offer(
        name,
        List.of(DB.wire()),
        Optional.of(new Listener(name, traffic, Optional.of(info))),
        Optional.empty(),
        Optional.of(Cluster.named(name)),
        Optional.of(new ClusterEndpoints(name, endpoints)));
  }

  /** A TLS service known by its server name, with endpoints on these ports of loopback. */
  static Shop.Offer tls(DemandKey.Sni key, Integer... ports) {
    var name = key.name().wire();
    var service = key.host().substring(0, key.host().indexOf('.'));
    var info =
        new Listener.ServiceInfo(
            service, "default", key.port(), AppProtocol.TLS, Optional.of("240.240.0.6"));
    var endpoints = Arrays.stream(ports).map(port -> Endpoint.of("127.0.0.1", port)).toList();
    return new Shop.Offer(
        name,
        List.of(key.wire()),
        Optional.of(new Listener(name, new Listener.Traffic.Tcp(name), Optional.of(info))),
        Optional.empty(),
        Optional.of(Cluster.named(name)),
        Optional.of(new ClusterEndpoints(name, endpoints)));
  }

  /** Control learns of it and answers as soon as it is asked. */
  void has(Shop.Offer offer) {
    mesh.control.has(offer);
  }

  /** The name was discovered before. */
  void isWarm(Shop.Offer offer) {
    has(offer);
    mesh.call(DB);
    until(() -> mesh.cache.get(DB) instanceof ServiceState.Warm);
  }

  /** Lets control work until this holds. */
  void until(Callable<Boolean> condition) {
    await()
        .pollInSameThread()
        .pollInterval(java.time.Duration.ofMillis(5))
        .until(
            () -> {
              mesh.control.clock.run();
              return condition.call();
            });
  }

  void untilAsked() {
    until(() -> mesh.control.subscribed().contains(DB.wire()));
  }

  void untilAllEnded() {
    until(() -> sessions.open() == 0);
  }

  /** The figure's series that have all these parts. */
  double figure(String name, String... parts) {
    return Arrays.stream(metrics.scrape().split("\n"))
        .filter(line -> line.startsWith(name + "{"))
        .filter(line -> Arrays.stream(parts).allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** What the access log has; ends it. */
  String log() {
    untilAllEnded();
    writer.stop();
    return log.toString(UTF_8);
  }

  @Override
  public void close() throws IOException {
    for (var one : opened) {
      one.close();
    }
    if (listener != null) {
      listener.close();
    }
    loops.close();
    writer.stop();
  }

  /** A workload that may listen on loopback only, else on the address that the caller used. */
  static List<Endpoint> whereTheCallerMeant(ConnectionInfo info) {
    return info.originalDestination().stream()
        .flatMap(
            original ->
                Stream.of("127.0.0.1", original.getAddress().getHostAddress())
                    .distinct()
                    .map(host -> Endpoint.of(host, original.getPort())))
        .toList();
  }
}
