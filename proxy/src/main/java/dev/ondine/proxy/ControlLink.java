package dev.ondine.proxy;

import dev.ondine.base.config.Version;
import dev.ondine.base.lifecycle.Component;
import dev.ondine.base.metrics.Metrics;
import dev.ondine.base.time.Mailbox;
import dev.ondine.base.time.Ticker;
import dev.ondine.model.InboundSecurity;
import dev.ondine.model.Locality;
import dev.ondine.model.TrustBundles;
import dev.ondine.proxy.discovery.ServiceCache;
import dev.ondine.proxy.grpcclient.ControlChannels;
import dev.ondine.proxy.grpcclient.Registration;
import dev.ondine.proxy.grpcclient.RegistrationClient;
import dev.ondine.proxy.grpcclient.SigningChannels;
import dev.ondine.proxy.identity.IdentityClient;
import dev.ondine.proxy.identity.IdentityConfig;
import dev.ondine.proxy.tls.ControlTrust;
import dev.ondine.proxy.tls.MeshCredentials;
import dev.ondine.proxy.tls.OwnKeys;
import dev.ondine.xds.client.AdsClient;
import dev.ondine.xds.client.AdsClientSettings;
import dev.ondine.xds.client.GrpcAdsClient;
import dev.ondine.xds.client.ResourceState;
import dev.ondine.xds.codec.MeshTls;
import dev.ondine.xds.codec.Node;
import dev.ondine.xds.codec.ResourceType;
import dev.ondine.xds.transport.ChannelSecurity;
import dev.ondine.xds.transport.GrpcChannels;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything between the sidecar and control: the xDS stream with what was discovered by it, and
 * the registration of the workload. All of it lives on one thread.
 */
final class ControlLink implements Component {
  private static final Logger LOG = LoggerFactory.getLogger(ControlLink.class);

  private static final int TASKS = 65_536;
  private static final Duration LAST_WORD = Duration.ofMillis(500);

  private final SidecarConfig config;
  private final Standing standing;
  private final CallerCensus census;
  private final RandomGenerator random;
  private final Mailbox mailbox;
  private final GrpcChannels grpc;
  private final Optional<IdentityClient> identity;
  private final AdsClient ads;
  private final ServiceCache services;
  private final ControlChannels control;
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
  private @Nullable RegistrationClient registration;
  private volatile @Nullable AppReadiness readiness;
  // Until control has said it nobody comes in who does not prove who it is.
  private volatile InboundSecurity inbound = InboundSecurity.of(InboundSecurity.Mtls.STRICT);
  private boolean connected; // or about to be
  private volatile Consumer<MeshCredentials> prepare = _ -> {};
  private volatile CountDownLatch lameDuck = new CountDownLatch(1);
  private final CountDownLatch gone = new CountDownLatch(1);

  ControlLink(
      SidecarConfig config,
      Standing standing,
      CallerCensus census,
      RandomGenerator random,
      InstantSource clock,
      Metrics metrics) {
    this.config = config;
    this.standing = standing;
    this.census = census;
    this.random = random;
    mailbox =
        Mailbox.start(
            "ads", TASKS, Thread.ofPlatform().name("ads").daemon().factory(), Ticker.system());
    grpc = new GrpcChannels(config.mark());
    identity = config.identity().map(how -> identity(how, clock, metrics));
    var security =
        identity
            .<ChannelSecurity>map(
                own -> new ChannelSecurity.Tls(new OwnKeys(own), ControlTrust.of(own, clock)))
            .orElseGet(ChannelSecurity.Plaintext::new);
    ads =
        new GrpcAdsClient(
            AdsClientSettings.of(config.control(), node(config), security),
            mailbox,
            grpc,
            random,
            metrics);
    services = new ServiceCache(ads, config.namespace(), config.discovery(), random, metrics);
    control = new ControlChannels(grpc, security, config.control());
  }

  private IdentityClient identity(IdentityConfig how, InstantSource clock, Metrics metrics) {
    var channels = new SigningChannels(grpc, config.control());
    return new IdentityClient(
        how.claim(config.namespace()),
        own -> how.attestations(channels, own, clock),
        how.key(),
        how.settings(),
        mailbox,
        clock,
        random,
        new Certified(),
        metrics);
  }

  /** What the sidecar proves itself by, and what it demands. */
  MeshSecurity security() {
    return identity.map(own -> new MeshSecurity(own, () -> inbound)).orElse(MeshSecurity.NONE);
  }

  /** Is told of new credentials before they are needed, on a thread that may take its time. */
  void onCredentials(Consumer<MeshCredentials> watcher) {
    prepare = watcher;
  }

  private static Node node(SidecarConfig config) {
    return new Node(
        config.nodeId(),
        config.service(),
        Map.of("NAMESPACE", config.namespace()),
        new Locality("", config.zone(), ""),
        Node.ONDINE,
        Version.current(),
        Set.of());
  }

  /** What was discovered, and how to discover more. */
  ServiceCache services() {
    return services;
  }

  @Override
  public String name() {
    return "control link";
  }

  /** Begins to connect; returns before it has. */
  @Override
  public void start() {
    services.start();
    mailbox.execute(() -> ads.onStream(new Stream()));
    if (identity.isPresent()) {
      standing.lacksIdentity("it is being asked for");
      identity.get().start();
    } else {
      mailbox.execute(this::connect);
    }
  }

  /** Without an identity control would refuse it; with one it is told what goes with that. */
  private void connect() {
    if (connected) {
      return;
    }
    connected = true;
    identity.ifPresent(
        own -> {
          var _ =
              ads.subscribe(
                  ResourceType.SECRET,
                  MeshTls.BUNDLES,
                  state -> {
                    if (state instanceof ResourceState.Present present) {
                      own.trust((TrustBundles) present.value());
                    }
                  });
          var _ =
              ads.subscribe(
                  ResourceType.INBOUND,
                  MeshTls.INBOUND,
                  state -> {
                    if (state instanceof ResourceState.Present present) {
                      demand((InboundSecurity) present.value());
                    }
                  });
        });
    ads.start();
    var looks = readiness;
    if (looks != null) {
      looks.start();
    }
  }

  private void demand(InboundSecurity demanded) {
    var before = inbound;
    inbound = demanded;
    if (!demanded.equals(before)) {
      census.demandChanged();
    }
  }

  /**
   * Registers the workload as soon as it answers, and takes it out when it no longer does.
   *
   * @param address where others reach it
   * @param ports with the port at which each is reached there
   */
  void register(InetAddress address, List<Registered> ports, WorkloadAddresses workload) {
    var what =
        new Registration(
            config.service(),
            config.namespace(),
            config.instance(),
            config.identity().map(IdentityConfig::serviceAccount).orElse(config.service()),
            config.identity().isPresent(),
            address.getHostAddress(),
            ports.stream().map(port -> port.port().reachedAt(port.reachedAt())).toList(),
            config.zone());
    registration =
        new RegistrationClient(
            what,
            () -> identity.map(_ -> census.taken(inbound)),
            control,
            mailbox,
            random,
            new Lease());
    var looks =
        new AppReadiness(() -> workload.check(grpc), mailbox, blocking, this::workloadAnswers);
    mailbox.execute(
        () -> {
          readiness = looks;
          if (connected) { // else when it is
            looks.start();
          }
        });
  }

  /** A port of the workload and where callers reach it on this machine. */
  record Registered(WorkloadPort port, int reachedAt) {}

  private void workloadAnswers(Optional<String> problem) {
    var client = registration;
    if (client == null || standing.view().drain() != Standing.Drain.NO) {
      return;
    }
    if (problem.isEmpty()) {
      client.register(Registration.State.READY);
      return;
    }
    standing.notRegistered(problem.get());
    // Whoever still answers a part of its requests is not taken away, only asked no more.
    client.withdraw();
  }

  /**
   * Advertises the workload no longer; waits until control knows, at most so long.
   *
   * @return false when callers cannot know of the workload
   */
  boolean retire(Duration limit) {
    var client = registration;
    if (client == null) {
      return false;
    }
    var known = new CountDownLatch(1);
    var unknown = new AtomicBoolean();
    lameDuck = known;
    client.retire(
        () -> {
          unknown.set(true);
          known.countDown();
        });
    var view = standing.view();
    if (!view.metControl() && !view.registered()) {
      return false; // control is not waited for that never was there
    }
    await(known, limit);
    return !unknown.get();
  }

  /** Says good-bye, as far as control can be reached, then ends. */
  @Override
  public void stop() {
    var looks = readiness;
    if (looks != null) {
      looks.stop();
    }
    if (registration != null) {
      registration.stop();
      if (standing.view().control().isEmpty()) {
        await(gone, LAST_WORD);
      }
    }
    identity.ifPresent(IdentityClient::stop);
    ads.stop();
    mailbox.execute(control::close);
    mailbox.close();
    grpc.close();
    blocking.shutdown();
  }

  private static void await(CountDownLatch latch, Duration limit) {
    try {
      var _ = latch.await(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /** The workload's certificate as the sidecar's standing. */
  private final class Certified implements IdentityClient.Watcher {
    @Override
    public void held(MeshCredentials credentials) {
      standing.hasIdentity();
      blocking.execute(() -> prepare.accept(credentials));
      connect();
    }

    @Override
    public void lacking(String reason) {
      LOG.error("{} cannot prove who it is: {}", config.nodeId(), reason);
      standing.lacksIdentity(reason);
    }
  }

  /** The xDS stream as the sidecar's standing. */
  private final class Stream implements AdsClient.StreamWatcher {
    @Override
    public void up(String server) {
      standing.controlUp();
    }

    @Override
    public void down(String reason) {
      standing.controlDown(reason);
    }
  }

  /** The workload's registration as the sidecar's standing. */
  private final class Lease implements RegistrationClient.Watcher {
    private String said = "";

    @Override
    public void registered(Registration.State state) {
      said = "";
      switch (state) {
        case READY -> {
          if (!standing.view().registered()) {
            LOG.info("{} is registered", config.nodeId());
          }
          standing.registered();
        }
        case LAME_DUCK -> lameDuck.countDown();
        case GONE -> gone.countDown();
      }
    }

    @Override
    public void refused(String error) {
      sayOnce("control refuses to register " + config.nodeId() + ": " + error);
      standing.notRegistered(error);
      lameDuck.countDown(); // refused as such: control does not advertise it
    }

    @Override
    public void lost(String reason) {
      sayOnce("registration waits for control: " + reason);
    }

    private void sayOnce(String what) {
      if (!what.equals(said)) {
        said = what;
        LOG.warn("{}", what);
      }
    }
  }
}
