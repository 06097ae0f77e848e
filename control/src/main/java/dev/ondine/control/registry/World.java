package dev.ondine.control.registry;

import dev.ondine.control.policy.DiscoveryPolicy;
import dev.ondine.control.policy.MeshSettings;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Everything that the mesh is, at one moment: what translation is a function of.
 *
 * <p>Immutable. A change makes a new world.
 */
public final class World {
  /** The dependency key that announces a change of the mesh's settings. */
  public static final String MESH_SETTINGS = "mesh-settings";

  /** The world before anything happened. */
  public static final World EMPTY =
      new World(0, new TreeMap<>(), Map.of(), Map.of(), MeshSettings.DEFAULT);

  private final long revision;
  private final SortedMap<ServiceKey, ServiceView> services;
  private final Map<String, ServiceKey> virtualIps;
  private final Map<ServiceKey, DiscoveryPolicy> discoveryPolicies;
  private final MeshSettings meshSettings;

  /**
   * @param discoveryPolicies by targeted service; an empty name stands for the whole namespace
   */
  World(
      long revision,
      Map<ServiceKey, ServiceView> services,
      Map<String, ServiceKey> virtualIps,
      Map<ServiceKey, DiscoveryPolicy> discoveryPolicies,
      MeshSettings meshSettings) {
    this.revision = revision;
    this.services = Collections.unmodifiableSortedMap(new TreeMap<>(services));
    this.virtualIps = Map.copyOf(virtualIps);
    this.discoveryPolicies = Map.copyOf(discoveryPolicies);
    this.meshSettings = meshSettings;
  }

  /** The key that announces a change of how a namespace's sidecars discover. */
  public static String discoveryDependency(String namespace) {
    return "discovery-policy/" + namespace;
  }

  /** The store's revision that this world reflects. */
  public long revision() {
    return revision;
  }

  /** All services, by namespace and name. */
  public Collection<ServiceView> services() {
    return services.values();
  }

  /** One service. */
  public Optional<ServiceView> service(ServiceKey key) {
    return Optional.ofNullable(services.get(key));
  }

  /** The service behind a virtual IP; it need not exist any more. */
  public Optional<ServiceKey> virtualIp(String ip) {
    return Optional.ofNullable(virtualIps.get(ip));
  }

  /**
   * How the sidecars of a service discover: its own policy, else its namespace's, else defaults.
   */
  public DiscoveryPolicy discoveryPolicy(ServiceKey sidecarsOf) {
    var own = discoveryPolicies.get(sidecarsOf);
    if (own != null) {
      return own;
    }
    var all = discoveryPolicies.get(new ServiceKey(sidecarsOf.namespace(), ""));
    return all != null ? all : DiscoveryPolicy.defaults(sidecarsOf.namespace());
  }

  /** All services by key, in order. */
  SortedMap<ServiceKey, ServiceView> servicesByKey() {
    return services;
  }

  /** All virtual IPs that are given out. */
  Map<String, ServiceKey> virtualIps() {
    return virtualIps;
  }

  /** All discovery policies, by targeted service. */
  Map<ServiceKey, DiscoveryPolicy> discoveryPolicies() {
    return discoveryPolicies;
  }

  /** What holds for the whole mesh. */
  public MeshSettings meshSettings() {
    return meshSettings;
  }
}
