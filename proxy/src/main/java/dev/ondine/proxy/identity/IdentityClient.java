package dev.ondine.proxy.identity;

import dev.ondine.base.lifecycle.Component;
import dev.ondine.base.metrics.Metrics;
import dev.ondine.base.time.Backoff;
import dev.ondine.base.time.NextTurn;
import dev.ondine.base.time.Scheduler;
import dev.ondine.model.TrustBundles;
import dev.ondine.proxy.grpcclient.SigningChannel;
import dev.ondine.proxy.tls.IdentitySource;
import dev.ondine.proxy.tls.MeshCredentials;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Comes by the workload's certificate, renews it in time with a fresh key each time, and shows it
 * only while the clock says that it is valid.
 *
 * <p>The last certificate serves until a new one is here; without any, everything that needs one
 * fails, with the reason. Confined to its scheduler; only {@link #current} is for all threads.
 */
public final class IdentityClient implements IdentitySource, Component {
  private static final Logger LOG = LoggerFactory.getLogger(IdentityClient.class);
  private static final Duration FIRST_BACK_OFF = Duration.ofMillis(250);
  private static final Duration LAST_BACK_OFF = Duration.ofSeconds(10);
  private static final Duration LEAST_LOOK = Duration.ofMillis(50);

  /** Told, on the scheduler, how it goes. */
  public interface Watcher {
    /** The workload can prove who it is, by something new. */
    void held(MeshCredentials credentials);

    /** It cannot, and why; again at each change of the reason. */
    void lacking(String reason);
  }

  private final Claim claim;
  private final List<Attestation> attestations;
  private final Optional<KeyFile> file;
  private final IdentitySettings settings;
  private final Scheduler scheduler;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Watcher watcher;
  private final IdentityMetrics metrics;
  private final NextTurn next;
  private final Backoff backoff;
  private volatile Optional<MeshCredentials> visible = Optional.empty();
  private @Nullable Held held;
  private Instant renewal = Instant.MAX;
  private Instant notBefore = Instant.MIN; // of the next attempt
  private @Nullable Attempt attempt; // under way
  private boolean stopped;
  private long generation;
  private String lacking = "";

  /**
   * @param attestations in the order in which they are tried; one may prove it by what is held
   * @param file where the key outlives the process; empty: nowhere
   * @param clock tells whether a certificate is valid
   */
  public IdentityClient(
      Claim claim,
      Function<IdentitySource, List<Attestation>> attestations,
      Optional<KeyFile> file,
      IdentitySettings settings,
      Scheduler scheduler,
      InstantSource clock,
      RandomGenerator random,
      Watcher watcher,
      Metrics metrics) {
    this.claim = claim;
    this.attestations = List.copyOf(attestations.apply(() -> visible));
    this.file = file;
    this.settings = settings;
    this.scheduler = scheduler;
    this.clock = clock;
    this.random = random;
    this.watcher = watcher;
    this.metrics = new IdentityMetrics(metrics);
    this.next = new NextTurn(scheduler, this::look);
    this.backoff = new Backoff(FIRST_BACK_OFF, LAST_BACK_OFF, random);
  }

  @Override
  public String name() {
    return "identity";
  }

  @Override
  public Optional<MeshCredentials> current() {
    return visible;
  }

  /** Begins to look for an identity; returns before there is one. */
  @Override
  public void start() {
    scheduler.execute(
        () -> {
          load();
          look();
        });
  }

  @Override
  public void stop() {
    try {
      scheduler.execute(
          () -> {
            stopped = true;
            next.cancel();
            if (attempt != null) {
              attempt.close();
            }
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("the scheduler ended first", e);
    }
  }

  /** Believes these from now on. On the scheduler. */
  public void trust(TrustBundles bundles) {
    assert scheduler.inThread();
    var now = held;
    if (now == null || now.bundles().equals(bundles)) {
      return;
    }
    if (bundles.of(now.identity().trustDomain()).isEmpty()) {
      LOG.error("control sends bundles without the own trust domain's: the last ones stay");
      return;
    }
    hold(now.withBundles(bundles));
  }

  private void load() {
    if (file.isEmpty()) {
      return;
    }
    try {
      var found = file.get().load();
      if (found.isPresent() && claim.isMet(found.get().identity())) {
        held = found.get();
        renewal = pointOfRenewal(found.get());
      } else if (found.isPresent()) {
        LOG.warn("{} is of {}: not used", file.get().path(), found.get().identity());
      }
    } catch (IOException e) {
      LOG.warn("the key of the last run is not used: {}", e.getMessage());
    }
  }

  /** Shows what is valid, and asks for what is due. */
  private void look() {
    var now = clock.instant();
    show(now);
    if (attempt == null && !now.isBefore(notBefore) && isDue(now)) {
      ask();
    }
    next.in(pause(now));
  }

  private boolean isDue(Instant now) {
    return held == null || !held.isValidAt(now) || !now.isBefore(renewal);
  }

  private Duration pause(Instant now) {
    var until = isDue(now) ? notBefore : renewal;
    var wait = until.isAfter(now.plus(settings.look())) ? settings.look() : between(now, until);
    return wait.compareTo(LEAST_LOOK) < 0 ? LEAST_LOOK : wait;
  }

  private static Duration between(Instant now, Instant then) {
    return then.isBefore(now) ? Duration.ZERO : Duration.between(now, then);
  }

  private void show(Instant now) {
    var known = held;
    if (known == null) {
      return;
    }
    metrics.expires(known.notAfter());
    if (known.isValidAt(now)) {
      if (visible.isEmpty()) {
        publish(known);
      }
      return;
    }
    visible = Optional.empty();
    lack(
        now.isBefore(known.notBefore())
            ? "its certificate is valid from " + known.notBefore() + " on" + clockSays(now)
            : "its certificate expired at " + known.notAfter() + clockSays(now));
  }

  private static String clockSays(Instant now) {
    return ", and the clock says " + now + ": is the clock right, and does control answer?";
  }

  private void publish(Held what) {
    lacking = "";
    var credentials =
        new MeshCredentials(
            what.identity(), what.credentials(), what.bundles().byDomain(), ++generation);
    visible = Optional.of(credentials);
    watcher.held(credentials);
  }

  private void lack(String reason) {
    if (!reason.equals(lacking) && visible.isEmpty()) {
      lacking = reason;
      watcher.lacking(reason);
    }
  }

  private void hold(Held what) {
    held = what;
    metrics.expires(what.notAfter());
    var now = clock.instant();
    if (what.isValidAt(now)) {
      publish(what);
    } else {
      show(now);
    }
    if (file.isPresent()) {
      try {
        file.get().save(what);
      } catch (IOException e) {
        LOG.info(
            "the key is in this process only, and a restart needs a new one: {}", e.getMessage());
      }
    }
  }

  private Instant pointOfRenewal(Held what) {
    var from = settings.renewFrom();
    return what.after(from + (settings.renewTo() - from) * random.nextDouble());
  }

  // ---- asking -----------------------------------------------------------------------------------

  private void ask() {
    var ways = attestations.stream().filter(Attestation::isPossible).toList();
    if (ways.isEmpty()) {
      failed("nothing proves who it is: " + claim.advice());
      return;
    }
    ask(ways, 0, "");
  }

  private void ask(List<Attestation> ways, int number, String problems) {
    if (number == ways.size()) {
      attempt = null;
      failed(problems);
      return;
    }
    attempt = new Attempt(ways, number, problems);
    attempt.begin();
  }

  private void failed(String why) {
    metrics.failed();
    var now = clock.instant();
    notBefore = now.plus(backoff.next());
    var known = held;
    if (known == null) {
      lack(why);
    } else if (known.isValidAt(now)) {
      var urgent = !now.isBefore(known.after(settings.urgentFrom()));
      LOG.atLevel(urgent ? org.slf4j.event.Level.ERROR : org.slf4j.event.Level.WARN)
          .log("the certificate, valid until {}, is not renewed: {}", known.notAfter(), why);
    }
    next.in(pause(now));
  }

  private void succeeded(Held what) {
    attempt = null;
    backoff.reset();
    notBefore = Instant.MIN;
    metrics.succeeded();
    renewal = pointOfRenewal(what);
    LOG.info("certified as {} until {}", what.identity(), what.notAfter());
    hold(what);
    next.in(pause(clock.instant()));
  }

  /** One question, by one way. */
  private final class Attempt implements SigningChannel.Answer {
    private final List<Attestation> ways;
    private final int number;
    private final String problems;
    private final Attestation way;
    private @Nullable SigningChannel channel;
    private @Nullable KeyPair keys;

    Attempt(List<Attestation> ways, int number, String problems) {
      this.ways = ways;
      this.number = number;
      this.problems = problems;
      this.way = ways.get(number);
    }

    void begin() {
      try {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        var fresh = generator.generateKeyPair();
        keys = fresh;
        var opened = way.open();
        channel = opened;
        var wish =
            new SigningChannel.Wish(claim.namespace(), claim.serviceAccount(), way.joinToken());
        opened.sign(CertificateRequest.der(fresh), wish, settings.limit(), this);
      } catch (IOException | GeneralSecurityException | RuntimeException e) {
        over(String.valueOf(e.getMessage()));
      }
    }

    @Override
    public void signed(SigningChannel.Signed signed) {
      onScheduler(
          () -> {
            try {
              var what =
                  claim.check(signed, java.util.Objects.requireNonNull(keys), clock.instant());
              close();
              way.succeeded();
              IdentityClient.this.succeeded(what);
            } catch (UnfitException e) {
              over(String.valueOf(e.getMessage()));
            }
          });
    }

    @Override
    public void failed(String why) {
      onScheduler(() -> over(why));
    }

    private void onScheduler(Runnable task) {
      try {
        scheduler.execute(
            () -> {
              if (!stopped) {
                task.run();
              }
            });
      } catch (RejectedExecutionException e) {
        LOG.debug("the scheduler ended first", e);
      }
    }

    private void over(String problem) {
      close();
      var all = way.name() + ": " + problem;
      ask(ways, number + 1, problems.isEmpty() ? all : problems + "; " + all);
    }

    private void close() {
      if (channel != null) {
        channel.close();
      }
    }
  }
}
