package dev.ondine.control;

import dev.ondine.base.config.Version;
import dev.ondine.base.lifecycle.Component;
import dev.ondine.base.metrics.Metrics;
import dev.ondine.base.metrics.PrometheusMetrics;
import dev.ondine.base.time.Mailbox;
import dev.ondine.base.time.Ticker;
import dev.ondine.control.api.AdminApi;
import dev.ondine.control.api.ControlStatus;
import dev.ondine.control.api.GrpcServer;
import dev.ondine.control.api.IdentitySocket;
import dev.ondine.control.api.PeerRules;
import dev.ondine.control.api.http.WebServer;
import dev.ondine.control.ca.BundleGate;
import dev.ondine.control.ca.CaException;
import dev.ondine.control.ca.IdentityAuthority;
import dev.ondine.control.ca.IdentityAuthority.Surroundings;
import dev.ondine.control.ca.KubernetesTokenReview;
import dev.ondine.control.census.Census;
import dev.ondine.control.census.CensusMetrics;
import dev.ondine.control.census.CensusSettings;
import dev.ondine.control.census.MtlsState;
import dev.ondine.control.policy.DocumentReader;
import dev.ondine.control.push.BundleAcknowledgements;
import dev.ondine.control.push.ChangePublisher;
import dev.ondine.control.push.TrustSource;
import dev.ondine.control.push.WorldSource;
import dev.ondine.control.registry.Registry;
import dev.ondine.control.registry.StoredRegistry;
import dev.ondine.control.registry.file.DocumentFolder;
import dev.ondine.control.store.SqliteStore;
import dev.ondine.control.store.StoreException;
import dev.ondine.model.TrustBundles;
import dev.ondine.xds.server.AdsServer;
import dev.ondine.xds.server.NodeCheck;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running control plane: its parts, in the order in which they start and stop. */
public final class ControlPlane implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ControlPlane.class);
  private static final int TIMERS = 64;

  private final ControlSettings settings;
  private final Ticker ticker;
  private final long began;
  private final Metrics metrics = new PrometheusMetrics();
  private final Deque<Stop> stops = new ArrayDeque<>();
  private final List<GrpcServer> xds = new ArrayList<>();
  private final List<GrpcServer> plaintext = new ArrayList<>();

  /** Ends one part. */
  private record Stop(String part, Runnable action) {}

  private final SqliteStore store;
  private final StoredRegistry registry;
  private final Optional<DocumentFolder> folder;
  private final Optional<IdentityAuthority> authority;
  // The authority comes before those who are asked.
  private volatile BundleGate gate = BundleGate.open();
  private final WebServer admin;

  private ControlPlane(ControlSettings settings, InstantSource clock, Ticker ticker)
      throws ControlStartException {
    this.settings = settings;
    this.ticker = ticker;
    this.began = ticker.nanos();
    try {
      var timers = Mailbox.start("store-timers", TIMERS, ticker);
      stops.push(new Stop("timers", timers::close));
      store = openStore(timers);
      registry = openRegistry();
      // Before anybody can connect, so that the first answers are right already.
      authority = openAuthority(clock);
      var rules = authority.map(ca -> new PeerRules(registry, ca.audit()));
      var ads = openAds(clock, rules);
      registry.listen(new ChangePublisher(ads));
      authority.ifPresent(ca -> ca.listen(_ -> ads.changed(Set.of(TrustSource.DEPENDENCY))));
      folder = openFolder();
      var census = new Census(CensusSettings.DEFAULTS, clock);
      openServers(ads, census, rules);
      admin =
          new WebServer(
              settings.admin(),
              AdminApi.routes(
                  registry,
                  new DocumentReader(),
                  ads,
                  metrics,
                  new Status(),
                  mtls(ads, census),
                  clock,
                  authority));
      begin("--admin", admin);
    } catch (ControlStartException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Starts all parts; returns when sidecars can connect.
   *
   * @param clock tells the time to people
   * @param ticker measures leases and waits
   * @throws ControlStartException naming the flag at fault; nothing then runs
   */
  public static ControlPlane start(ControlSettings settings, InstantSource clock, Ticker ticker)
      throws ControlStartException {
    return new ControlPlane(settings, clock, ticker);
  }

  private SqliteStore openStore(Mailbox timers) throws ControlStartException {
    try {
      var opened = SqliteStore.open(settings.store(), settings.limits(), timers, metrics);
      stops.push(new Stop("store", opened::close));
      return opened;
    } catch (StoreException e) {
      throw new ControlStartException("--store", String.valueOf(e.getMessage()), e);
    }
  }

  private StoredRegistry openRegistry() throws ControlStartException {
    try {
      var opened = StoredRegistry.open(store, settings.registry(), ticker, metrics);
      stops.push(new Stop("registry", opened::close));
      return opened;
    } catch (StoreException e) {
      throw new ControlStartException("--store", String.valueOf(e.getMessage()), e);
    }
  }

  private Optional<IdentityAuthority> openAuthority(InstantSource clock)
      throws ControlStartException {
    if (settings.identity().isEmpty()) {
      return Optional.empty();
    }
    var thread = Mailbox.start("identity", TIMERS, ticker);
    stops.push(new Stop("authority's thread", thread::close));
    try {
      var opened =
          IdentityAuthority.open(
              settings.identity().get().ca(),
              store,
              thread,
              new Surroundings(
                  clock,
                  new SecureRandom(),
                  metrics,
                  sequence -> gate.notAcknowledged(sequence),
                  KubernetesTokenReview.none()));
      stops.push(new Stop("authority", opened::close));
      return Optional.of(opened);
    } catch (CaException e) {
      throw new ControlStartException("--ca-dir", String.valueOf(e.getMessage()), e);
    } catch (StoreException e) {
      throw new ControlStartException("--store", String.valueOf(e.getMessage()), e);
    }
  }

  private AdsServer openAds(InstantSource clock, Optional<PeerRules> rules) {
    var trust =
        authority
            .<TrustSource>map(ca -> () -> new TrustBundles(Map.of(ca.trustDomain(), ca.bundle())))
            .orElse(TrustSource.NONE);
    var trustDomain = authority.map(IdentityAuthority::trustDomain);
    var ads =
        new AdsServer(
            new WorldSource(registry::world, trust, trustDomain),
            settings.ads(),
            clock,
            metrics,
            rules.<NodeCheck>map(rule -> rule).orElse(NodeCheck.NONE));
    trustDomain.ifPresent(
        domain -> gate = new BundleAcknowledgements(ads, registry::world, trust, domain));
    return ads;
  }

  private MtlsState mtls(AdsServer ads, Census census) {
    return new MtlsState(
        registry::world,
        ads,
        census,
        new CensusMetrics(metrics, census.settings()),
        authority.map(ca -> () -> gate.notAcknowledged(ca.bundle().sequence())));
  }

  private void openServers(AdsServer ads, Census census, Optional<PeerRules> rules)
      throws ControlStartException {
    if (settings.identity().isEmpty()) {
      for (var address : settings.xds()) {
        xds.add(begin("--xds", GrpcServer.open(address, ads, registry, census)));
      }
      return;
    }
    var ca = authority.orElseThrow();
    for (var address : settings.xds()) {
      xds.add(begin("--xds", GrpcServer.secured(address, ads, registry, census, rules, ca)));
    }
    for (var address : settings.identity().get().plaintext()) {
      plaintext.add(begin("--xds-plaintext", GrpcServer.foreign(address, ads)));
    }
    begin("--identity-socket", new IdentitySocket(settings.identity().get().socket(), ca));
  }

  private Optional<DocumentFolder> openFolder() throws ControlStartException {
    if (settings.watch().isEmpty()) {
      var owners = registry.owners();
      if (!owners.isEmpty()) {
        LOG.warn(
            "documents of {} files stay in force though no folder is watched: {}",
            owners.size(),
            owners);
      }
      return Optional.empty();
    }
    var thread = Mailbox.start("folder", TIMERS, ticker);
    stops.push(new Stop("folder's thread", thread::close));
    var opened =
        new DocumentFolder(
            settings.watch().get(), settings.folder(), registry, new DocumentReader(), thread);
    begin("--watch", opened);
    return Optional.of(opened);
  }

  private <C extends Component> C begin(String setting, C part) throws ControlStartException {
    // Also when it does not start: it may have begun to.
    stops.push(new Stop(part.name(), part::stop));
    try {
      part.start();
      return part;
    } catch (Exception e) {
      throw new ControlStartException(setting, String.valueOf(e.getMessage()), e);
    }
  }

  /** What is registered and in force. */
  public Registry registry() {
    return registry;
  }

  /** Where sidecars connect, with the real ports, in the order of the settings. */
  public List<InetSocketAddress> xds() {
    return xds.stream().map(GrpcServer::address).toList();
  }

  /** Where clients without an identity take xDS, with the real ports. */
  public List<InetSocketAddress> plaintext() {
    return plaintext.stream().map(GrpcServer::address).toList();
  }

  /** The authority; empty where there are no identities. */
  public Optional<IdentityAuthority> authority() {
    return authority;
  }

  /** Where the admin API listens, with the real port. */
  public InetSocketAddress admin() {
    return admin.address();
  }

  /** Stops all parts, the last started first. */
  @Override
  public void close() {
    while (!stops.isEmpty()) {
      var stop = stops.pop();
      try {
        stop.action().run();
      } catch (RuntimeException e) {
        LOG.error("{} did not stop well", stop.part(), e);
      }
    }
  }

  /** {@code 127.0.0.1:15010}, {@code [::1]:15010}. */
  public static String text(InetSocketAddress address) {
    var host = address.getAddress().getHostAddress();
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  private final class Status implements ControlStatus {
    @Override
    public String version() {
      return Version.current();
    }

    @Override
    public Duration uptime() {
      return Duration.ofNanos(ticker.nanos() - began);
    }

    @Override
    public String xds() {
      return ControlPlane.this.xds().stream()
          .map(ControlPlane::text)
          .collect(Collectors.joining(", "));
    }

    @Override
    public String store() {
      return settings.store().toString();
    }

    @Override
    public Optional<String> watch() {
      return settings.watch().map(Object::toString);
    }

    @Override
    public List<String> problems() {
      var problems = new ArrayList<>(folder.map(DocumentFolder::problems).orElse(List.of()));
      authority.ifPresent(ca -> problems.addAll(ca.alarms()));
      return problems;
    }

    @Override
    public List<String> notReady() {
      var reasons = new ArrayList<>(store.readOnlyReason().stream().toList());
      authority
          .filter(ca -> ca.own().isEmpty())
          .ifPresent(_ -> reasons.add("control has no certificate of its own yet"));
      return reasons;
    }
  }
}
