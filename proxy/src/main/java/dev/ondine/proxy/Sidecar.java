package dev.ondine.proxy;

import static java.util.Objects.requireNonNull;

import dev.ondine.base.lifecycle.Component;
import dev.ondine.base.metrics.Metrics;
import dev.ondine.base.metrics.PrometheusMetrics;
import dev.ondine.base.time.Ticker;
import dev.ondine.model.DemandKey;
import dev.ondine.proxy.discovery.dns.DnsServer;
import dev.ondine.proxy.discovery.dns.ResolvConf;
import dev.ondine.proxy.endpoint.EndpointConnector;
import dev.ondine.proxy.endpoint.OwnPorts;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.http.HttpTimes;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.overload.Overload;
import dev.ondine.proxy.tcp.ProxyHeaders;
import dev.ondine.proxy.telemetry.AccessLog;
import dev.ondine.proxy.telemetry.AccessLogWriter;
import dev.ondine.proxy.telemetry.AdminService;
import dev.ondine.proxy.telemetry.MtlsMetrics;
import dev.ondine.proxy.telemetry.TlsMetrics;
import dev.ondine.proxy.tls.MutualTls;
import dev.ondine.proxy.tls.Plaintext;
import dev.ondine.proxy.tls.PlaintextCallers;
import dev.ondine.proxy.tls.ServerTls;
import dev.ondine.proxy.tls.TransportSecurity;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.EventLoops;
import dev.ondine.proxy.transport.ListenerSettings;
import dev.ondine.proxy.transport.LoopWatchdog;
import dev.ondine.proxy.transport.OriginalDestination;
import dev.ondine.proxy.transport.SocketMark;
import dev.ondine.proxy.transport.TcpConnector;
import dev.ondine.proxy.transport.TcpListener;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sidecar: how its parts are wired, and in which order they start, drain and stop.
 *
 * <p>Starts without control and serves what it can; {@code /ready} and the state file say how it
 * is.
 */
public final class Sidecar implements Component {
  private static final Logger LOG = LoggerFactory.getLogger(Sidecar.class);

  /** What control is given to take note of a lame duck. */
  private static final Duration RETIRE = Duration.ofSeconds(2);

  /** From control's knowledge to the last caller's; pushes are not debounced. */
  private static final Duration SETTLE = Duration.ofMillis(500);

  private static final Duration LOOK = Duration.ofMillis(20);

  private final SidecarConfig config;
  private final OriginalDestination originalDestination;
  private final RandomGenerator unpredictable;
  private final Ticker ticker = Ticker.system();
  private final Metrics metrics = new PrometheusMetrics();
  private final Standing standing;
  private final EventLoops loops;
  private final LoopWatchdog watchdog;
  private final Overload overload;
  private final Map<Direction, Capacity> capacities;
  private final AccessLogWriter accessLogWriter;
  private final ControlLink link;
  private final TcpConnector connector;
  private final OwnPorts ownPorts = new OwnPorts(Set.of());
  private final Observers observers;
  private final TransportSecurity entranceSecurity;
  private final MutualTls mesh;
  private final CallerCensus census;
  private final InboundTraffic inbound;
  private final OutboundTraffic outbound;
  private final ProxyHeaders proxyHeaders;
  private final InetAddress address;
  private final WorkloadAddresses workload;
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, TcpListener> listeners =
      Collections.synchronizedMap(new LinkedHashMap<>());
  private @Nullable DnsServer dns;

  /**
   * A sidecar that is not started yet.
   *
   * @param accessLog where the access log goes; the caller closes it
   * @param random thread-safe
   * @param unpredictable for what an attacker must not guess; thread-safe
   */
  public Sidecar(
      SidecarConfig config,
      OutputStream accessLog,
      RandomGenerator random,
      RandomGenerator unpredictable,
      InstantSource clock) {
    this(config, accessLog, random, unpredictable, clock, OriginalDestination.redirected());
  }

  /**
   * The same where connections are redirected by something else than the kernel.
   *
   * @param originalDestination where they were meant to go
   */
  public Sidecar(
      SidecarConfig config,
      OutputStream accessLog,
      RandomGenerator random,
      RandomGenerator unpredictable,
      InstantSource clock,
      OriginalDestination originalDestination) {
    this(
        config,
        accessLog,
        random,
        unpredictable,
        clock,
        originalDestination,
        Optional.<MeshSecurity>empty());
  }

  /**
   * The same where what it proves and demands comes from elsewhere than control.
   *
   * @param given empty: from control
   */
  public Sidecar(
      SidecarConfig config,
      OutputStream accessLog,
      RandomGenerator random,
      RandomGenerator unpredictable,
      InstantSource clock,
      OriginalDestination originalDestination,
      Optional<MeshSecurity> given) {
    this.config = config;
    this.originalDestination = originalDestination;
    this.unpredictable = unpredictable;
    var stateFile = new StateFile(config.runDir());
    standing =
        new Standing(
            config.ports().isEmpty() ? Optional.empty() : Optional.of("not looked at yet"),
            view -> stateFile.write(view.word()));
    loops = EventLoops.start(Runtime.getRuntime().availableProcessors());
    watchdog = new LoopWatchdog(loops, metrics);
    overload = Capacity.watch(config.traffic().overload(), loops, ticker, metrics);
    capacities = Capacity.byDirection(config.traffic().overload(), overload);
    accessLogWriter = new AccessLogWriter(accessLog, metrics);
    census = new CallerCensus(clock);
    link = new ControlLink(config, standing, census, random, clock, metrics);
    var meshSecurity = given.orElseGet(link::security);
    address = config.address().orElseGet(() -> OwnAddress.find(config));
    workload = new WorkloadAddresses(config.ports(), config.ready(), address);
    mesh =
        new MutualTls(
            meshSecurity.identity(),
            config.traffic().tls(),
            clock,
            new MtlsMetrics(metrics, ticker),
            loops.all().size());
    link.onCredentials(credentials -> mesh.prepare(credentials, loops.all()));
    entranceSecurity = entranceSecurity();
    connector = new TcpConnector(loops, SocketMark.options(config.mark()), ownPorts::refuse);
    observers =
        Observers.of(config, new AccessLog(accessLogWriter, config.accessLog(), clock), metrics);
    proxyHeaders = new ProxyHeaders(config.proxyProtocolFrom(), metrics);
    inbound =
        new InboundTraffic(
            config,
            loops,
            connector.fromLoopback(),
            entranceSecurity,
            mesh,
            meshSecurity,
            census,
            workload,
            ownPorts,
            observers,
            capacity(Direction.INBOUND),
            random);
    outbound =
        new OutboundTraffic(
            config,
            loops,
            new EndpointConnector(connector, mesh),
            link.services(),
            ownPorts,
            observers,
            capacity(Direction.OUTBOUND),
            random);
  }

  /** Nothing of TLS is loaded where there is no key for it. */
  private TransportSecurity entranceSecurity() {
    return config
        .tls()
        .<TransportSecurity>map(
            keys ->
                new ServerTls(
                    keys, config.traffic().tls(), loops.all().size(), new TlsMetrics(metrics)))
        .orElseGet(Plaintext::new);
  }

  @Override
  public String name() {
    return "sidecar";
  }

  /**
   * Opens all ports and begins to look for control.
   *
   * @throws IOException naming the port that cannot be opened
   */
  @Override
  public void start() throws IOException {
    accessLogWriter.start();
    watchdog.start();
    overload.start();
    listenForAdmin();
    var registered = listenForCallers();
    listenForWorkload();
    standing.listening();
    link.start();
    if (!registered.isEmpty()) {
      link.register(address, registered, workload);
    }
  }

  private void listenForAdmin() throws IOException {
    var pages =
        new AdminPages(
            config, standing, metrics, loops, blocking, link.services()::report, this::addresses);
    var admin = new AdminService(pages.all());
    var toNobody = new EndpointConnector(connector, new Plaintext());
    var traffic =
        new HttpTraffic(
            loops,
            toNobody,
            toNobody,
            _ -> admin,
            observers.refusals(),
            HttpTimes.DEFAULTS,
            Capacity.ofAdmin(),
            ownPorts,
            unpredictable);
    var number = 0;
    for (var where : config.admin()) {
      var name = number++ == 0 ? "admin" : "admin-" + number;
      var settings = ListenerSettings.on(where, Direction.INBOUND).withReserve();
      listen(name, settings, Capacity.ofAdmin(), traffic.http1());
    }
  }

  /** Opens the ports that other workloads call, and says how they are reached. */
  private List<ControlLink.Registered> listenForCallers() throws IOException {
    var acceptor = proxyHeaders.before(inbound.entrance());
    var registered = new ArrayList<ControlLink.Registered>();
    if (config.mode() == SidecarConfig.Mode.REDIRECT) {
      listenRedirected("inbound", config.inbound(), Direction.INBOUND, acceptor);
      config
          .ports()
          .forEach(port -> registered.add(new ControlLink.Registered(port, port.target())));
      return registered;
    }
    for (var port : config.ports()) {
      // A connection that was not redirected does not say which port it is for: one listener each.
      var first = registered.isEmpty();
      var where =
          first ? config.inbound() : new InetSocketAddress(config.inbound().getAddress(), 0);
      var settings = ListenerSettings.on(where, Direction.INBOUND);
      var own = workload.only(port, acceptor);
      var bound = listen(first ? "inbound" : "inbound-" + port.number(), settings, own);
      registered.add(new ControlLink.Registered(port, bound));
    }
    return registered;
  }

  /** Opens the ports that the workload's own calls come to. */
  private void listenForWorkload() throws IOException {
    var explicit = ListenerSettings.on(config.explicit(), Direction.OUTBOUND);
    listen("explicit", explicit, proxyHeaders.before(outbound.explicit()));
    if (config.mode() == SidecarConfig.Mode.EXPLICIT) {
      return;
    }
    listenRedirected("outbound", config.outbound(), Direction.OUTBOUND, outbound.redirected());
    dns =
        new DnsServer(
            dnsAddresses(),
            config.namespace(),
            resolvers(),
            link.services(),
            loops,
            connector,
            SocketMark.options(config.mark()),
            unpredictable,
            metrics);
    dns.start();
  }

  private void listenRedirected(
      String name, InetSocketAddress where, Direction direction, Acceptor acceptor)
      throws IOException {
    var settings = ListenerSettings.on(where, direction).redirected(originalDestination);
    listen(name, settings, refusingLoops(acceptor));
  }

  /** Who was not redirected here, or meant to come here, would be sent round for ever. */
  private Acceptor refusingLoops(Acceptor acceptor) {
    return (connection, info) -> {
      var to = info.originalDestination();
      if (to.isEmpty() || ownPorts.lead(host(to.get()), to.get().getPort())) {
        observers.refusals().refused(info, Reason.LOOP, "not redirected, or redirected to itself");
        connection.reset();
      } else if (host(to.get()).equals(DemandKey.VirtualIp.PROBE)) {
        connection.close();
      } else {
        acceptor.accept(connection, info);
      }
    };
  }

  private static String host(InetSocketAddress address) {
    return address.getAddress().getHostAddress();
  }

  private Capacity capacity(Direction direction) {
    return requireNonNull(capacities.get(direction));
  }

  /** Listens, and says at which port; 0 where there are none. */
  private int listen(String name, ListenerSettings settings, Acceptor acceptor) throws IOException {
    return listen(name, settings, capacity(settings.direction()), acceptor);
  }

  private int listen(String name, ListenerSettings settings, Capacity capacity, Acceptor acceptor)
      throws IOException {
    var listener = TcpListener.bind(loops, settings, capacity.admission(), acceptor);
    listeners.put(name, listener);
    if (listener.address() instanceof InetSocketAddress bound) {
      ownPorts.add(bound.getPort());
      return bound.getPort();
    }
    return 0;
  }

  /** A query over IPv6 is redirected to IPv6's loopback. */
  private List<InetSocketAddress> dnsAddresses() {
    var ipv6 = InetAddress.ofLiteral("::1");
    try {
      if (config.dns().getAddress().isLoopbackAddress()
          && NetworkInterface.getByInetAddress(ipv6) != null) {
        return List.of(config.dns(), new InetSocketAddress(ipv6, config.dns().getPort()));
      }
    } catch (SocketException _) {
      // as if it were not there
    }
    return List.of(config.dns());
  }

  private ResolvConf resolvers() throws IOException {
    try {
      return ResolvConf.read(config.resolvConf());
    } catch (NoSuchFileException _) {
      LOG.warn("there is no {}: names outside the mesh do not resolve", config.resolvConf());
      return ResolvConf.EMPTY;
    }
  }

  /** Who has come in the clear where it need not, since the start: the census before strict. */
  public List<PlaintextCallers.Caller> plaintextCallers() {
    return census.plaintext().all();
  }

  /** Where it listens, by name of the listener. */
  public Map<String, SocketAddress> addresses() {
    var addresses = new LinkedHashMap<String, SocketAddress>();
    synchronized (listeners) {
      listeners.forEach((name, listener) -> addresses.put(name, listener.address()));
    }
    if (dns != null) {
      addresses.put("dns", requireNonNull(dns).bound().getFirst());
    }
    return addresses;
  }

  /**
   * Takes the workload out of the mesh while it still serves: callers hear of it first, then
   * connections are asked to end, then what is under way is waited for.
   */
  @Override
  public void drain(Duration limit) {
    if (standing.view().drain() != Standing.Drain.NO) {
      return;
    }
    var until = ticker.nanos() + limit.toNanos();
    standing.drain(Standing.Drain.UNDER_WAY);
    if (link.retire(limit.compareTo(RETIRE) < 0 ? limit : RETIRE)) {
      pause(SETTLE, until);
    }
    inbound.drain();
    while (inbound.underWay() > 0 && ticker.nanos() - until < 0) {
      pause(LOOK, until);
    }
    standing.drain(Standing.Drain.DONE);
  }

  private void pause(Duration time, long until) {
    var end = Math.min(ticker.nanos() + time.toNanos(), until);
    while (end - ticker.nanos() > 0 && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(end - ticker.nanos());
    }
  }

  @Override
  public void stop() {
    link.stop();
    if (dns != null) {
      dns.stop();
    }
    // First on each loop, before the listeners close what is left: the access log tells the reason.
    inbound.breakOff();
    outbound.breakOff();
    listeners.values().forEach(TcpListener::close);
    watchdog.stop();
    overload.stop();
    loops.close();
    entranceSecurity.close();
    mesh.close();
    accessLogWriter.stop();
    blocking.shutdown();
  }
}
