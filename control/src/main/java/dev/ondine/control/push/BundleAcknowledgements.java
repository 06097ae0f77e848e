package dev.ondine.control.push;

import dev.ondine.control.ca.BundleGate;
import dev.ondine.control.ca.CaException;
import dev.ondine.control.registry.World;
import dev.ondine.model.TrustBundle;
import dev.ondine.model.TrustBundles;
import dev.ondine.model.Workload;
import dev.ondine.xds.codec.MeshTls;
import dev.ondine.xds.codec.ResourceType;
import dev.ondine.xds.codec.encode.Encoder;
import dev.ondine.xds.server.AdsServer;
import dev.ondine.xds.server.EncodedResource;
import dev.ondine.xds.server.StreamSnapshot;
import dev.ondine.xds.server.StreamSnapshot.SubscriptionSnapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Who has accepted the newest trust bundle, as the xDS streams tell: every stream that subscribes
 * to it, and every workload that takes mutual TLS, which needs a stream for that.
 */
public final class BundleAcknowledgements implements BundleGate {
  private final AdsServer ads;
  private final Supplier<World> world;
  private final TrustSource trust;
  private final String trustDomain;

  /**
   * @param trust what is given to the streams
   * @param trustDomain of the mesh
   */
  public BundleAcknowledgements(
      AdsServer ads, Supplier<World> world, TrustSource trust, String trustDomain) {
    this.ads = ads;
    this.world = world;
    this.trust = trust;
    this.trustDomain = trustDomain;
  }

  @Override
  public List<String> notAcknowledged(long sequence) {
    var bundles = trust.bundles();
    var own = bundles.of(trustDomain);
    if (own.isEmpty() || own.get().sequence() < sequence) {
      return List.of("control itself");
    }
    var newest = newest(bundles, own.get());
    var behind = new ArrayList<String>();
    var connected = new HashSet<String>();
    for (var stream : streams()) {
      var id = stream.node().map(node -> node.id()).orElse(stream.peer());
      var secrets = stream.types().get(ResourceType.SECRET);
      var held =
          secrets == null
              ? List.<SubscriptionSnapshot>of()
              : secrets.subscriptions().stream()
                  .filter(one -> newest.containsKey(one.name()))
                  .toList();
      if (!held.isEmpty()) {
        connected.add(id);
      }
      if (held.stream()
          .anyMatch(one -> !one.acked().equals(Optional.ofNullable(newest.get(one.name()))))) {
        behind.add(id);
      }
    }
    mutual()
        .filter(id -> !connected.contains(id))
        .map(id -> id + " (not connected)")
        .forEach(behind::add);
    return behind;
  }

  /** The versions that the secrets with the bundle have on the wire. */
  private static Map<String, String> newest(TrustBundles bundles, TrustBundle own) {
    var all = EncodedResource.of(MeshTls.BUNDLES, List.of(), Encoder.encode(bundles));
    var roots = EncodedResource.of(MeshTls.ROOTS, List.of(), Encoder.encode(own));
    return Map.of(all.name(), all.version(), roots.name(), roots.version());
  }

  private List<StreamSnapshot> streams() {
    try {
      return ads.streams();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CaException("interrupted while the sidecars were asked", e);
    }
  }

  private Stream<String> mutual() {
    return world.get().services().stream()
        .flatMap(view -> view.workloads().stream())
        .filter(workload -> workload.sidecar() && workload.mtls())
        .map(BundleAcknowledgements::id);
  }

  /** As sidecars call themselves on the wire. */
  private static String id(Workload workload) {
    return workload.name() + "." + workload.namespace();
  }
}
