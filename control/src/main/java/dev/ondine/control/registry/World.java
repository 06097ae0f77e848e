package dev.ondine.control.registry;

import dev.ondine.control.policy.DiscoveryPolicy;
import dev.ondine.control.policy.MeshIdentity;
import dev.ondine.control.policy.MeshSettings;
import dev.ondine.model.InboundSecurity;
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
      new World(0, new TreeMap<>(), Map.of(), Map.of(), Map.of(), MeshSettings.DEFAULT);

  private final long revision;
  private final SortedMap<ServiceKey, ServiceView> services;
  private final Map<String, ServiceKey> virtualIps;
  private final Map<ServiceKey, DiscoveryPolicy> discoveryPolicies;
  private final Map<ServiceKey, MeshIdentity> meshIdentities;
  private final MeshSettings meshSettings;

  /**
   * @param discoveryPolicies by targeted service; an empty name stands for the whole namespace
   * @param meshIdentities likewise
   */
  World(
      long revision,
      Map<ServiceKey, ServiceView> services,
      Map<String, ServiceKey> virtualIps,
      Map<ServiceKey, DiscoveryPolicy> discoveryPolicies,
      Map<ServiceKey, MeshIdentity> meshIdentities,
      MeshSettings meshSettings) {
    this.revision = revision;
    this.services = Collections.unmodifiableSortedMap(new TreeMap<>(services));
    this.virtualIps = Map.copyOf(virtualIps);
    this.discoveryPolicies = Map.copyOf(discoveryPolicies);
    this.meshIdentities = Map.copyOf(meshIdentities);
    this.meshSettings = meshSettings;
  }

  /** The key that announces a change of what is demanded of a namespace's callers. */
  public static String identityDependency(String namespace) {
    return "mesh-identity/" + namespace;
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

  /**
   * What is demanded of callers of a service: by its own document, else by its namespace's, else by
   * the mesh's settings. Depends on {@link #identityDependency} and {@link #MESH_SETTINGS}.
   */
  public InboundSecurity inboundSecurity(ServiceKey service) {
    return meshIdentity(service)
        .map(MeshIdentity::security)
        .orElseGet(() -> InboundSecurity.of(meshSettings.mtls()));
  }

  /** The document that says what is demanded of callers of a service. */
  public Optional<MeshIdentity> meshIdentity(ServiceKey service) {
    var own = meshIdentities.get(service);
    return own != null
        ? Optional.of(own)
        : Optional.ofNullable(meshIdentities.get(new ServiceKey(service.namespace(), "")));
  }

  /** The name of what says so: {@code default} where no document does. */
  public String inboundSecurityBy(ServiceKey service) {
    return meshIdentity(service)
        .map(document -> document.key().toString())
        .orElseGet(
            () ->
                meshSettings.equals(MeshSettings.DEFAULT)
                    ? "default"
                    : meshSettings.key().toString());
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

  /** All that is demanded of callers, by targeted service. */
  Map<ServiceKey, MeshIdentity> meshIdentities() {
    return meshIdentities;
  }

  /** What holds for the whole mesh. */
  public MeshSettings meshSettings() {
    return meshSettings;
  }
}
