package dev.ondine.control.census;

import dev.ondine.control.policy.DiscoveryPolicy;
import dev.ondine.control.policy.Document;
import dev.ondine.control.policy.MeshIdentity;
import dev.ondine.control.policy.MeshSettings;
import dev.ondine.control.policy.ServiceDocument;
import dev.ondine.control.policy.TrafficPolicy;
import dev.ondine.control.policy.WorkloadDocument;
import dev.ondine.control.registry.ServiceKey;
import dev.ondine.control.registry.ServiceView;
import dev.ondine.control.registry.World;
import dev.ondine.model.InboundSecurity.Mtls;
import dev.ondine.xds.server.AdsServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** How the mesh stands between in the clear and strict, put together where it is asked for. */
public final class MtlsState {
  /** Warnings that are told of one change. */
  private static final int MAX_WARNINGS = 20;

  private final Supplier<World> world;
  private final AdsServer ads;
  private final Census census;
  private final CensusMetrics metrics;
  private final Optional<Supplier<List<String>>> notAcknowledged;

  /**
   * @param notAcknowledged the sidecars that have not accepted the newest trust bundle; empty where
   *     there are no identities
   */
  public MtlsState(
      Supplier<World> world,
      AdsServer ads,
      Census census,
      CensusMetrics metrics,
      Optional<Supplier<List<String>>> notAcknowledged) {
    this.world = world;
    this.ads = ads;
    this.census = census;
    this.metrics = metrics;
    this.notAcknowledged = notAcknowledged;
  }

  /** The bounds, with the window where none is given. */
  public CensusSettings settings() {
    return census.settings();
  }

  /** Whether control gives out identities at all. */
  public boolean identities() {
    return notAcknowledged.isPresent();
  }

  /** The sidecars that do not trust the newest roots yet: they could call nobody strict. */
  public List<String> notAcknowledged() {
    return notAcknowledged.map(Supplier::get).orElse(List.of());
  }

  /** All services, or those of one namespace. */
  public List<ServiceMtls> services(Optional<String> namespace, Duration window)
      throws InterruptedException {
    return assessed(
        view -> namespace.isEmpty() || namespace.get().equals(view.key().namespace()), window);
  }

  /**
   * Those for which a document of this target would be in force: of a whole namespace, the services
   * without one of their own.
   */
  public List<ServiceMtls> targeted(String namespace, Optional<String> service, Duration window)
      throws InterruptedException {
    var key = service.map(name -> new ServiceKey(namespace, name));
    return assessed(
        view ->
            key.isPresent()
                ? view.key().equals(key.get())
                : view.key().namespace().equals(namespace) && !hasItsOwn(view),
        window);
  }

  private boolean hasItsOwn(ServiceView view) {
    return world.get().meshIdentity(view.key()).flatMap(MeshIdentity::service).isPresent();
  }

  private List<ServiceMtls> assessed(Predicate<ServiceView> wanted, Duration window)
      throws InterruptedException {
    var now = world.get();
    var assessment = new Assessment(now, census, Addresses.of(now, ads.streams()), window);
    return now.services().stream().filter(wanted).map(assessment::of).toList();
  }

  /** Whom these documents would keep out; nothing is refused for it. */
  public List<String> warnings(Collection<? extends Document> documents)
      throws InterruptedException {
    var found = new ArrayList<String>();
    for (var document : documents) {
      switch (document) {
        case MeshIdentity identity when identity.security().mtls() == Mtls.STRICT ->
            warn(
                identity,
                targeted(identity.metadata().namespace(), identity.service(), settings().window()),
                found);
        case MeshSettings mesh when mesh.mtls() == Mtls.STRICT ->
            warn(
                mesh,
                assessed(
                    view -> world.get().meshIdentity(view.key()).isEmpty(), settings().window()),
                found);
        case MeshIdentity _,
            MeshSettings _,
            ServiceDocument _,
            WorkloadDocument _,
            TrafficPolicy _,
            DiscoveryPolicy _ -> {
          // keeps nobody out
        }
      }
    }
    return found.size() <= MAX_WARNINGS
        ? found
        : Stream.concat(
                found.stream().limit(MAX_WARNINGS),
                Stream.of("and " + (found.size() - MAX_WARNINGS) + " more"))
            .toList();
  }

  private static void warn(Document document, List<ServiceMtls> services, List<String> found) {
    for (var service : services) {
      service
          .blockers()
          .forEach(blocker -> found.add(document.key() + " is strict, but " + blocker));
    }
  }

  /** Sets the figures. */
  public void measure() throws InterruptedException {
    metrics.set(services(Optional.empty(), settings().window()));
  }
}
