package dev.ondine.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.awaitility.Awaitility.await;

import dev.ondine.base.metrics.PrometheusMetrics;
import dev.ondine.base.time.Scheduler;
import dev.ondine.base.time.Ticker;
import dev.ondine.model.AppProtocol;
import dev.ondine.model.Bundle;
import dev.ondine.model.Cluster;
import dev.ondine.model.ClusterEndpoints;
import dev.ondine.model.DemandKey;
import dev.ondine.model.Endpoint;
import dev.ondine.model.Identity;
import dev.ondine.model.InboundSecurity;
import dev.ondine.model.InboundSecurity.Mtls;
import dev.ondine.model.Listener;
import dev.ondine.model.Locality;
import dev.ondine.model.Route;
import dev.ondine.model.RouteAction;
import dev.ondine.model.RouteConfiguration;
import dev.ondine.model.RouteMatch;
import dev.ondine.model.ServiceState;
import dev.ondine.model.VirtualHost;
import dev.ondine.proxy.detect.DetectionSettings;
import dev.ondine.proxy.discovery.DiscoverySettings;
import dev.ondine.proxy.discovery.Outcome;
import dev.ondine.proxy.discovery.Services;
import dev.ondine.proxy.endpoint.EndpointConnector;
import dev.ondine.proxy.endpoint.OutsideNames;
import dev.ondine.proxy.endpoint.OwnPorts;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.telemetry.AccessLog;
import dev.ondine.proxy.telemetry.AccessLogWriter;
import dev.ondine.proxy.telemetry.MtlsMetrics;
import dev.ondine.proxy.tls.MeshCredentials;
import dev.ondine.proxy.tls.MeshSide;
import dev.ondine.proxy.tls.MutualTls;
import dev.ondine.proxy.tls.TlsSettings;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.EventLoops;
import dev.ondine.proxy.transport.ListenerSettings;
import dev.ondine.proxy.transport.OriginalDestination;
import dev.ondine.proxy.transport.TcpConnector;
import dev.ondine.proxy.transport.TcpListener;
import dev.ondine.testkit.tls.TestAuthority;
import dev.ondine.xds.transport.ServerAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * The caller's sidecar, which knows one service without a control plane, and the callee's; each
 * with credentials and policy of the test.
 */
final class MeshPair implements AutoCloseable {
  static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
  static final TestAuthority AUTHORITY = TestAuthority.at(NOW);
  static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final String NAME = "orders.default.mesh:80";
  private static final DemandKey.VirtualIp VIRTUAL = new DemandKey.VirtualIp("240.240.0.5", 80);

  final AtomicReference<Optional<MeshCredentials>> caller =
      new AtomicReference<>(Optional.of(MeshSide.of(AUTHORITY, MeshSide.WEB)));
  final AtomicReference<Optional<MeshCredentials>> callee =
      new AtomicReference<>(Optional.of(MeshSide.of(AUTHORITY, MeshSide.ORDERS)));
  final AtomicReference<InboundSecurity> policy =
      new AtomicReference<>(InboundSecurity.of(Mtls.STRICT));
  final AtomicReference<Instant> clock = new AtomicReference<>(NOW);
  final PrometheusMetrics metrics = new PrometheusMetrics();
  private final AtomicReference<Set<Identity>> expected =
      new AtomicReference<>(Set.of(MeshSide.ORDERS));
  private final AtomicReference<AppProtocol> spoken = new AtomicReference<>(AppProtocol.AUTO);
  private final Map<String, InetAddress> outside = new ConcurrentHashMap<>();
  private final List<Endpoint> endpoints = new ArrayList<>();
  private final ByteArrayOutputStream callerLog = new ByteArrayOutputStream();
  private final ByteArrayOutputStream calleeLog = new ByteArrayOutputStream();
  private final RandomGenerator random = new Random(1);
  private final EventLoops loops = EventLoops.start(2);
  private final MutualTls mesh;
  private final OutboundTraffic outbound;
  private final AccessLogWriter writer;
  private final List<TcpListener> listeners = new ArrayList<>();
  private final List<Sidecar> sidecars = new ArrayList<>();

  MeshPair(String port) throws IOException {
    var config = config("web", List.of());
    writer = new AccessLogWriter(callerLog, metrics);
    writer.start();
    mesh =
        new MutualTls(
            caller::get,
            TlsSettings.DEFAULTS,
            clock::get,
            new MtlsMetrics(metrics, Ticker.system()),
            2);
    var ownPorts = new OwnPorts(Set.of());
    var log = new AccessLog(writer, AccessLog.Extent.ALL, InstantSource.system());
    outbound =
        new OutboundTraffic(
            config,
            loops,
            new EndpointConnector(
                new TcpConnector(loops, Map.of(), TcpConnector.Guard.OFF, this::address), mesh),
            new OneService(),
            ownPorts,
            Observers.of(config, log, metrics),
            Capacity.ofAdmin(),
            random);
    endpoints.add(endpoint(sidecar(port, callee)));
  }

  /** One more callee, with credentials of its own; the port that its callers reach. */
  Endpoint more(String port, MeshCredentials credentials) throws IOException {
    var more = endpoint(sidecar(port, new AtomicReference<>(Optional.of(credentials))));
    endpoints.add(more);
    return more;
  }

  private int sidecar(String port, AtomicReference<Optional<MeshCredentials>> credentials)
      throws IOException {
    var sidecar =
        new Sidecar(
            config("orders", List.of(WorkloadPort.parse(port))),
            calleeLog,
            random,
            random,
            clock::get,
            OriginalDestination.NONE,
            Optional.of(new MeshSecurity(credentials::get, policy::get)));
    sidecars.add(sidecar);
    sidecar.start();
    return address(sidecar, "inbound").getPort();
  }

  private static InetSocketAddress address(Sidecar sidecar, String listener) {
    return (InetSocketAddress) requireNonNull(sidecar.addresses().get(listener));
  }

  /** This name, which is none of the mesh, leads there. */
  void leads(String name, String address) {
    outside.put(name, InetAddress.ofLiteral(address));
  }

  private InetAddress address(String name) throws UnknownHostException {
    var address = outside.get(name);
    if (address == null) {
      throw new UnknownHostException(name);
    }
    return address;
  }

  private static Endpoint endpoint(int port) {
    return new Endpoint(
        "127.0.0.1", port, "orders-0", true, true, Endpoint.Health.HEALTHY, 1, Locality.UNKNOWN);
  }

  Sidecar callee() {
    return sidecars.getFirst();
  }

  /** Where the callee's sidecar takes connections to its workload. */
  int inboundPort() {
    return address(callee(), "inbound").getPort();
  }

  /** Who may answer. */
  void expects(Identity identity) {
    expected.set(Set.of(identity));
  }

  /** What the sidecars speak to each other. */
  void speaks(AppProtocol protocol) {
    spoken.set(protocol);
  }

  /** Only these serve. */
  void only(Endpoint endpoint) {
    endpoints.clear();
    endpoints.add(endpoint);
  }

  /** Where the caller's workload reaches the mesh as by an HTTP proxy. */
  int explicit() throws IOException {
    var loopback = new InetSocketAddress(LOOPBACK, 0);
    return listen(ListenerSettings.on(loopback, Direction.OUTBOUND), outbound.explicit());
  }

  /** Where its connections arrive as if they were redirected. */
  int redirected() throws IOException {
    var virtual = new InetSocketAddress(InetAddress.ofLiteral(VIRTUAL.ip()), VIRTUAL.port());
    var loopback = new InetSocketAddress(LOOPBACK, 0);
    return listen(
        ListenerSettings.on(loopback, Direction.OUTBOUND).redirected(_ -> Optional.of(virtual)),
        outbound.redirected());
  }

  private int listen(ListenerSettings settings, Acceptor acceptor) throws IOException {
    var listener = TcpListener.bind(loops, settings, acceptor);
    listeners.add(listener);
    return ((InetSocketAddress) listener.address()).getPort();
  }

  /** The caller's access log, once its connections are closed. */
  String callerLog() {
    writer.stop();
    return callerLog.toString(UTF_8);
  }

  String calleeLog() {
    return calleeLog.toString(UTF_8);
  }

  @Override
  public void close() {
    sidecars.forEach(Sidecar::stop); // which ends the caller's connections, too
    await().until(() -> listeners.stream().allMatch(listener -> listener.connections() == 0));
    listeners.forEach(TcpListener::close);
    loops.close();
    mesh.close();
    writer.stop();
  }

  private static SidecarConfig config(String service, List<WorkloadPort> ports) {
    var any = new InetSocketAddress(LOOPBACK, 0);
    return new SidecarConfig(
        service,
        "default",
        service + "-0",
        ports,
        Optional.of(LOOPBACK),
        "",
        new ReadyCheck.Tcp(),
        List.of(new ServerAddress("127.0.0.1", 1)), // nobody listens there
        SidecarConfig.Mode.EXPLICIT,
        any,
        any,
        any,
        any,
        List.of(any),
        0,
        Optional.empty(),
        Path.of("/etc/resolv.conf"),
        Duration.ofSeconds(10),
        AccessLog.Extent.ALL,
        OutsideNames.Policy.PASSTHROUGH,
        Duration.ZERO,
        DetectionSettings.defaults(),
        List.of(),
        Optional.empty(),
        DiscoverySettings.parse(Map.of()),
        Optional.empty(),
        Optional.empty(),
        TrafficSettings.DEFAULTS);
  }

  /** Knows the one service whatever is asked for. */
  private final class OneService implements Services {
    @Override
    public ServiceState get(DemandKey key) {
      if (outside.keySet().stream().anyMatch(key.toString()::contains)) {
        return new ServiceState.Missing(key);
      }
      var cluster =
          new Cluster(
              NAME,
              NAME,
              Cluster.Balancing.ROUND_ROBIN,
              Cluster.DEFAULT_CONNECT_TIMEOUT,
              spoken.get(),
              expected.get());
      var route = new Route("", RouteMatch.ANY, new RouteAction.Forward(NAME), Optional.empty());
      var host = new VirtualHost(NAME, List.of("*"), List.of(route));
      var traffic =
          key instanceof DemandKey.VirtualIp
              ? new Listener.Traffic.Tcp(NAME)
              : new Listener.Traffic.HttpInline(new RouteConfiguration(NAME, List.of(host)));
      return new ServiceState.Warm(
          new Bundle(
              key,
              new Listener(NAME, traffic, Optional.empty()),
              Optional.empty(),
              Map.of(NAME, new Bundle.Target(cluster, new ClusterEndpoints(NAME, endpoints)))));
    }

    @Override
    public Waiter await(DemandKey key, Duration remaining, Scheduler loop, Consumer<Outcome> then) {
      throw new AssertionError("nobody has to wait for " + key);
    }

    @Override
    public boolean reachable() {
      return true;
    }

    @Override
    public Use use(DemandKey key) {
      return () -> {};
    }

    @Override
    public void connectFailed(DemandKey key) {}
  }
}
