package dev.ondine.control.ca;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.base.time.Scheduler;
import dev.ondine.control.store.Store;
import dev.ondine.control.store.StoreException;
import dev.ondine.model.Identity;
import dev.ondine.model.InvalidResourceException;
import dev.ondine.model.TrustBundle;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The authority of a trust domain: proves who asks, signs, records, and only then hands a
 * certificate out. Keeps its own keys and certificates fresh.
 */
public final class IdentityAuthority implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(IdentityAuthority.class);
  private static final int SWEEP_TICKS = 60;

  /** A chain that was issued, the leaf first, without the root; and what to trust. */
  public record Signed(List<X509Certificate> chain, TrustBundle bundle) {}

  /** The outside world: time, chance, figures, and who knows of the sidecars. */
  public record Surroundings(
      InstantSource clock,
      SecureRandom random,
      Metrics metrics,
      BundleGate gate,
      KubernetesTokenReview tokenReview) {}

  private final CaConfig config;
  private final InstantSource clock;
  private final SecureRandom random;
  private final CaMetrics metrics;
  private final Audit audit;
  private final Optional<LocalKeys> keys;
  private final Signer signer;
  private final X509Certificate commandRoot;
  private final Bundles bundles;
  private final SvidVerifier verifier;
  private final IssuerLease lease;
  private final IssuanceLog log;
  private final JoinTokens tokens;
  private final UnixAttestor unix;
  private final RenewalAttestor renewal = new RenewalAttestor();
  private final KubernetesAttestor kubernetes;
  private final RootRotation rotation;
  private final OwnIdentity own;
  private volatile List<String> alarms = List.of();
  private volatile boolean closed;
  private int ticks;

  private IdentityAuthority(CaConfig config, Store store, Surroundings around) {
    this.config = config;
    clock = around.clock();
    random = around.random();
    metrics = new CaMetrics(around.metrics());
    audit = new Audit(clock);
    var folder = CaFolder.open(config.folder());
    var setup = new CaSetup(config.settings(), clock, random);
    var stored = Bundles.stored(store);
    checkDomain(stored);
    if (config.command().isPresent() && setup.root(folder, CaFolder.ROOT).isEmpty()) {
      throw new CaException(
          folder.path()
              + " holds no root, so what the signing command signs cannot be verified (allowed: a"
              + " root taken over by `ondine ca import ROOT.pem`)");
    }
    keys =
        config.command().isPresent()
            ? Optional.empty()
            : Optional.of(LocalKeys.open(folder, setup, config.trustDomain(), clock, stored));
    commandRoot =
        keys.map(local -> local.root().certificate())
            .orElseGet(
                () ->
                    LocalKeys.openRoot(folder, setup, config.trustDomain(), stored).certificate());
    bundles = Bundles.open(store, config.trustDomain(), commandRoot);
    verifier = new SvidVerifier(this::bundle, clock);
    signer =
        config
            .command()
            .<Signer>map(program -> new SigningCommand(program, verifier, config.settings(), clock))
            .orElseGet(() -> keys.orElseThrow().signer());
    lease = new IssuerLease(store, IssuerLease.holder(folder.path()), config.settings().lease());
    log = new IssuanceLog(store);
    tokens = new JoinTokens(store, config.settings(), clock, random, audit);
    unix = new UnixAttestor(config.local());
    kubernetes = new KubernetesAttestor(around.tokenReview());
    own = new OwnIdentity(config.trustDomain(), clock, random);
    rotation =
        new RootRotation(
            bundles, keys, folder, setup, log, around.gate(), clock, audit, this::renewOwn);
  }

  /**
   * Opens the authority's keys, made when there are none, and starts to keep them fresh.
   *
   * @param timers runs what keeps them; its tasks block for moments
   * @throws CaException when keys, certificates and store do not fit together
   */
  public static IdentityAuthority open(
      CaConfig config, Store store, Scheduler timers, Surroundings around) {
    var authority = new IdentityAuthority(config, store, around);
    authority.lease.begin();
    authority.keep();
    authority.tick(timers);
    return authority;
  }

  private void checkDomain(Optional<Bundles.State> stored) {
    stored
        .map(state -> state.bundle().trustDomain())
        .filter(domain -> !domain.equals(config.trustDomain()))
        .ifPresent(
            domain -> {
              throw new CaException(
                  "the store is of the trust domain "
                      + domain
                      + ", and control's --trust-domain is "
                      + config.trustDomain());
            });
  }

  /**
   * Gives who asks a certificate for the key of a request.
   *
   * @param csr PKCS #10 in DER
   */
  public Signed sign(byte[] csr, Ask ask) throws RefusedException {
    try {
      var claimed = claimed(ask);
      var attested = attest(ask, claimed);
      var chain = issue(SigningRequest.read(csr), attested, ask.caller().address());
      return new Signed(chain, bundles.state().bundle());
    } catch (RefusedException e) {
      refused(ask, e);
      throw e;
    } catch (StoreException | CaException e) {
      var refusal =
          new RefusedException(Refusal.CANNOT_SIGN, "control cannot issue now: " + e.getMessage());
      refused(ask, refusal);
      throw refusal;
    }
  }

  private void refused(Ask ask, RefusedException why) {
    metrics.refused(why.refusal());
    audit.refused(ask, why);
  }

  private Identity claimed(Ask ask) throws RefusedException {
    try {
      return new Identity(config.trustDomain(), ask.namespace(), ask.serviceAccount());
    } catch (InvalidResourceException e) {
      throw new RefusedException(Refusal.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private Attested attest(Ask ask, Identity claimed) throws RefusedException {
    var attested =
        switch (ask.proof()) {
          case Ask.Proof.JoinToken _ -> tokens.attest(ask, claimed);
          case Ask.Proof.ServiceAccountToken _ -> kubernetes.attest(ask, claimed);
          case Ask.Proof.Connection _ ->
              ask.caller().uid().isPresent()
                  ? unix.attest(ask, claimed)
                  : renewal.attest(ask, claimed);
        };
    // Whoever could be control could be believed by every sidecar.
    if (claimed.namespace().equals(own.identity().namespace())) {
      throw new RefusedException(
          Refusal.OTHER_IDENTITY, "identities of " + claimed.namespace() + " are control's own");
    }
    return attested;
  }

  private List<X509Certificate> issue(SigningRequest request, Attested attested, String peer)
      throws RefusedException {
    request.check(attested.identity());
    var held = lease.current();
    var chain = signer.sign(request, attested.identity());
    var root = keys.map(local -> local.signer().issuer().root());
    var issuance =
        Issuance.of(chain, root, attested.identity(), attested.attestor(), clock.instant());
    log.append(lease, held, issuance, attested);
    metrics.issued(attested.attestor());
    audit.issued(issuance, peer);
    return chain;
  }

  // ---- what others ask ----

  /** The name of the trust domain. */
  public String trustDomain() {
    return config.trustDomain();
  }

  /** What is trusted now. */
  public TrustBundle bundle() {
    return bundles.state().bundle();
  }

  /** What is trusted for a domain. */
  public Optional<TrustBundle> bundle(String domain) {
    return domain.equals(config.trustDomain()) ? Optional.of(bundle()) : Optional.empty();
  }

  /** Tells each bundle from now on. */
  public void listen(Consumer<TrustBundle> listener) {
    bundles.listen(listener);
  }

  /** Whom a client's certificate names; one that is not believed is counted and audited. */
  public Identity verifyClient(List<X509Certificate> chain) throws CertificateException {
    try {
      return verifier.verify(chain, SvidVerifier.Use.CLIENT);
    } catch (CertificateException e) {
      metrics.clientRefused();
      audit.clientRefused(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  /** Verifies who somebody is. */
  public SvidVerifier verifier() {
    return verifier;
  }

  /** Control's own certificate with its key; empty while none could be issued. */
  public Optional<KeyAndChain> own() {
    return own.current();
  }

  /** The root that issues now: no part of {@link #own}, for those who know only its hash. */
  public X509Certificate issuingRoot() {
    return keys.map(local -> local.root().certificate()).orElse(commandRoot);
  }

  /** The certificate of the signing key; empty where a command signs. */
  public Optional<X509Certificate> intermediate() {
    return keys.map(local -> local.signer().issuer().certificate());
  }

  /** Where the keys are. */
  public Path folder() {
    return config.folder();
  }

  /** What was issued. */
  public IssuanceLog log() {
    return log;
  }

  public RootRotation rotation() {
    return rotation;
  }

  public Audit audit() {
    return audit;
  }

  /** What an operator must see to. */
  public List<String> alarms() {
    return alarms;
  }

  /**
   * Makes a join token.
   *
   * @param life how long it can be used; the setting's when empty
   */
  public JoinTokens.Made createToken(
      String namespace, String serviceAccount, Optional<Duration> life) {
    var identity = new Identity(config.trustDomain(), namespace, serviceAccount);
    if (namespace.equals(own.identity().namespace())) {
      throw new CaException("identities of " + namespace + " are control's own");
    }
    return tokens.create(
        identity, life, bundle().roots().stream().map(Certificates::hexOf).toList());
  }

  // ---- upkeep ----

  private void tick(Scheduler timers) {
    if (closed) {
      return;
    }
    try {
      timers.schedule(
          interval(),
          () -> {
            try {
              keep();
            } finally {
              tick(timers); // one round that fails must not be the last
            }
          });
    } catch (RejectedExecutionException e) {
      LOG.debug("the timers have ended", e);
    }
  }

  /** Three times in the life of the lease, and ten times in that of a leaf. */
  private Duration interval() {
    var ofLease = config.settings().lease().dividedBy(3);
    var ofLeaf = config.settings().leaf().dividedBy(10);
    return ofLease.compareTo(ofLeaf) < 0 ? ofLease : ofLeaf;
  }

  /** One round of upkeep; what fails is tried again in the next. */
  void keep() {
    try {
      lease.keep();
      bundles.refresh();
      keys.ifPresent(local -> local.keep(mayIssue()));
      if (own.isDue()) {
        renewOwn();
      }
      if (ticks++ % SWEEP_TICKS == 0) {
        tokens.sweep();
      }
    } catch (StoreException | CaException e) {
      LOG.warn("the authority's upkeep waits: {}", e.getMessage());
    }
    report();
  }

  private void renewOwn() {
    try {
      own.renew(
          () -> {
            var pair = Keys.generate(Keys.P256, random);
            var request = SigningRequest.read(SigningRequest.write(pair, random));
            var chain =
                issue(request, Attested.of(own.identity(), OwnIdentity.ATTESTOR), "control");
            // With the root: a sidecar that joins knows it only by its hash.
            var withRoot = new ArrayList<>(chain);
            withRoot.add(issuingRoot());
            return new KeyAndChain(pair.getPrivate(), withRoot);
          });
    } catch (RefusedException e) {
      LOG.warn("control's own certificate is not renewed: {}", e.text());
    }
  }

  private boolean mayIssue() {
    try {
      return lease.current().fence() > 0;
    } catch (RefusedException _) {
      return false;
    }
  }

  private void report() {
    var now = clock.instant();
    var found = new ArrayList<String>();
    keys.flatMap(LocalKeys::alarm).ifPresent(found::add);
    if (own.current().isEmpty()) {
      found.add("control has no certificate of its own: sidecars cannot connect");
    }
    if (!found.equals(alarms)) {
      found.forEach(alarm -> LOG.error("authority: {}", alarm));
    }
    alarms = List.copyOf(found);
    metrics.root(issuingRoot(), now);
    intermediate().ifPresent(certificate -> metrics.intermediate(certificate, now));
    metrics.state(mayIssue(), found.size());
  }

  /** Lets another process issue; the store stays open. */
  @Override
  public void close() {
    closed = true;
    lease.close();
  }
}
