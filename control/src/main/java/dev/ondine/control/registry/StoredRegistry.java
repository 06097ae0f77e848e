package dev.ondine.control.registry;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.base.time.Ticker;
import dev.ondine.control.policy.DocumentKey;
import dev.ondine.control.policy.Problem;
import dev.ondine.control.policy.SourcedDocument;
import dev.ondine.control.store.Store;
import dev.ondine.control.store.StoreException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry over a {@link Store}: what is in force survives a restart.
 *
 * <p>The store's events are the only thing that changes the world, whoever made them: this
 * registry, the end of a lease, later another replica. The order of a change: planned against what
 * is in force, stored, read back as events, published, answered.
 */
public final class StoredRegistry implements Registry, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoredRegistry.class);
  private static final int TRIES = 3;

  private final Store store;
  private final RegistrySettings settings;
  private final RegistryWriter writer;

  private StoredRegistry(Store store, RegistrySettings settings, RegistryWriter writer) {
    this.store = store;
    this.settings = settings;
    this.writer = writer;
  }

  /**
   * Reads what is stored, and goes on from there.
   *
   * @throws StoreException when it cannot be read
   */
  public static StoredRegistry open(
      Store store, RegistrySettings settings, Ticker ticker, Metrics metrics) {
    return new StoredRegistry(
        store, settings, RegistryWriter.start(store, settings, ticker, metrics));
  }

  @Override
  public World world() {
    return writer.published().world();
  }

  @Override
  public void listen(WorldListener listener) {
    writer.listen(listener);
  }

  @Override
  public Lease register(Registration registration) {
    Registrations.check(registration);
    for (var attempt = 1; ; attempt++) {
      try {
        return tryRegister(registration);
      } catch (Registrations.LeaseOverException e) {
        if (attempt == TRIES) {
          throw e;
        }
      }
    }
  }

  private Lease tryRegister(Registration registration) {
    var held = Optional.ofNullable(holdings().registrations().get(registration.key()));
    var alive =
        held.isPresent() && mayRenew(held.get(), registration) && store.renew(held.get().lease());
    if (alive && held.get().value().equals(registration)) {
      return lease(registration);
    }
    // Granted out here because the store commits the grants of many callers together.
    var granted = alive ? 0 : store.grant(settings.ttl());
    var used = 0L;
    try {
      used =
          writer.write(
              draft -> new Registrations(draft, settings.ttl()).register(registration, granted));
      return lease(registration);
    } finally {
      if (granted != 0 && used != granted) {
        revoke(granted);
      }
    }
  }

  /** Whoever clashes with the holder of a name must not keep its lease alive. */
  private static boolean mayRenew(Kept<Registration> held, Registration registration) {
    return held.value().workload().address().equals(registration.workload().address());
  }

  private Lease lease(Registration registration) {
    var workload = registration.workload();
    return new Lease(
        workload.name() + "." + workload.service() + "." + workload.namespace() + ".mesh",
        settings.ttl());
  }

  @Override
  public boolean deregister(WorkloadKey key) {
    var held = Optional.ofNullable(holdings().registrations().get(key));
    var there = writer.write(draft -> new Registrations(draft, settings.ttl()).deregister(key));
    held.ifPresent(kept -> revoke(kept.lease()));
    return there;
  }

  private void revoke(long lease) {
    try {
      store.revoke(lease);
    } catch (StoreException e) {
      LOG.debug("lease {} is left to end by itself", lease, e);
    }
  }

  @Override
  public Optional<Registration> registration(WorkloadKey key) {
    return Optional.ofNullable(holdings().registrations().get(key)).map(Kept::value);
  }

  @Override
  public List<StoredDocument> documents() {
    return List.copyOf(holdings().documents().values());
  }

  @Override
  public Optional<StoredDocument> document(DocumentKey key) {
    return Optional.ofNullable(holdings().documents().get(key));
  }

  @Override
  public List<Applied> apply(List<SourcedDocument> documents) {
    return writer.write(draft -> new DocumentChanges(draft, API, documents).apply());
  }

  @Override
  public List<Applied> check(List<SourcedDocument> documents) {
    var draft = new Draft(holdings(), settings.virtualIps());
    return new DocumentChanges(draft, API, documents).apply();
  }

  @Override
  public List<Applied> replace(String owner, List<SourcedDocument> documents) {
    return writer.write(draft -> new DocumentChanges(draft, owner, documents).replace());
  }

  @Override
  public Map<String, List<Problem>> replaceEach(Map<String, List<SourcedDocument>> byOwner) {
    return writer.write(draft -> DocumentChanges.replaceEach(draft, byOwner));
  }

  @Override
  public List<String> owners() {
    return holdings().documents().values().stream()
        .map(StoredDocument::owner)
        .filter(owner -> !owner.equals(API))
        .distinct()
        .sorted()
        .toList();
  }

  @Override
  public boolean delete(DocumentKey key) {
    return writer.write(draft -> new DocumentChanges(draft, API, List.of()).delete(key));
  }

  private Holdings holdings() {
    return writer.published().holdings();
  }

  /** Ends the writer; the store stays open. Whoever waits gets a {@link StoreException}. */
  @Override
  public void close() {
    writer.close();
  }
}
