package dev.ondine.control.registry;

import dev.ondine.control.policy.DiscoveryPolicy;
import dev.ondine.control.policy.DocumentKey;
import dev.ondine.control.policy.Kind;
import dev.ondine.control.policy.MeshIdentity;
import dev.ondine.control.policy.MeshSettings;
import dev.ondine.control.policy.ServiceDocument;
import dev.ondine.control.policy.TrafficPolicy;
import dev.ondine.model.Service;
import dev.ondine.model.ServicePort;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Makes the world that follows from holdings, and tells what of it is new. A pure function. */
final class Worlds {
  private Worlds() {}

  /**
   * A world and how it differs from the one before.
   *
   * @param changed dependency keys; empty when translation could not tell the difference
   */
  record Step(World world, Set<String> changed) {}

  /** The world that follows from all that is kept. */
  static World of(Holdings holdings) {
    return after(World.EMPTY, Holdings.EMPTY, holdings, holdings.services()).world();
  }

  /**
   * The world after a change.
   *
   * @param before the world that followed from {@code was}
   * @param services the only ones that may differ
   */
  @SuppressWarnings("ReferenceEquality") // holdings keep what did not change
  static Step after(World before, Holdings was, Holdings holdings, Set<ServiceKey> services) {
    var changed = new HashSet<String>();
    var views = new TreeMap<>(before.servicesByKey());
    var members = new Members(holdings.documents(), holdings.registrations(), services);
    var policies = trafficPolicies(holdings, services);
    for (var service : services) {
      var now = view(service, holdings, members, Optional.ofNullable(policies.get(service)));
      if (!now.equals(before.service(service))) {
        changed.add(service.dependency());
        now.ifPresentOrElse(view -> views.put(service, view), () -> views.remove(service));
      }
    }
    var discovery = before.discoveryPolicies();
    var identities = before.meshIdentities();
    var settings = before.meshSettings();
    if (holdings.documents() != was.documents()) {
      discovery = discoveryPolicies(holdings);
      identities = meshIdentities(holdings);
      settings = meshSettings(holdings);
      differences(before.discoveryPolicies(), discovery)
          .forEach(namespace -> changed.add(World.discoveryDependency(namespace)));
      differences(before.meshIdentities(), identities)
          .forEach(namespace -> changed.add(World.identityDependency(namespace)));
      if (!settings.equals(before.meshSettings())) {
        changed.add(World.MESH_SETTINGS);
      }
    }
    var virtualIps =
        holdings.virtualIps() == was.virtualIps() ? before.virtualIps() : virtualIps(holdings);
    return new Step(
        new World(holdings.revision(), views, virtualIps, discovery, identities, settings),
        changed);
  }

  private static Map<String, ServiceKey> virtualIps(Holdings holdings) {
    var virtualIps = new HashMap<String, ServiceKey>();
    holdings.virtualIps().forEach((service, ip) -> virtualIps.put(ip.value(), service));
    return virtualIps;
  }

  private static Optional<ServiceView> view(
      ServiceKey key, Holdings holdings, Members members, Optional<TrafficPolicy> policy) {
    var document = declaration(key, holdings);
    var ports = document.map(ServiceDocument::ports).orElseGet(() -> ports(key, holdings, members));
    if (ports.isEmpty()) {
      return Optional.empty();
    }
    var labels = document.map(d -> d.metadata().labels()).orElse(Map.of());
    var virtualIp = Optional.ofNullable(holdings.virtualIps().get(key)).map(Kept::value);
    return Optional.of(
        new ServiceView(
            new Service(key.name(), key.namespace(), ports, labels, virtualIp),
            document.isPresent(),
            members.workloads(key, ports),
            policy,
            document.map(ServiceDocument::visibleTo).orElse(List.of())));
  }

  private static List<ServicePort> ports(ServiceKey key, Holdings holdings, Members members) {
    var served = members.ports(key);
    var remembered = holdings.undeclared().get(key);
    return served.isEmpty() && remembered != null ? remembered.value() : served;
  }

  private static Optional<ServiceDocument> declaration(ServiceKey key, Holdings holdings) {
    var stored =
        holdings.documents().get(new DocumentKey(Kind.SERVICE, key.namespace(), key.name()));
    return stored != null && stored.document() instanceof ServiceDocument document
        ? Optional.of(document)
        : Optional.empty();
  }

  private static Map<ServiceKey, TrafficPolicy> trafficPolicies(
      Holdings holdings, Set<ServiceKey> services) {
    var policies = new HashMap<ServiceKey, TrafficPolicy>();
    for (var stored : Holdings.ofKind(holdings.documents(), Kind.TRAFFIC_POLICY)) {
      if (stored.document() instanceof TrafficPolicy policy) {
        var service = new ServiceKey(policy.metadata().namespace(), policy.service());
        if (services.contains(service)) {
          policies.put(service, policy);
        }
      }
    }
    return policies;
  }

  private static Map<ServiceKey, DiscoveryPolicy> discoveryPolicies(Holdings holdings) {
    var policies = new HashMap<ServiceKey, DiscoveryPolicy>();
    for (var stored : Holdings.ofKind(holdings.documents(), Kind.DISCOVERY_POLICY)) {
      if (stored.document() instanceof DiscoveryPolicy policy) {
        policies.put(
            new ServiceKey(policy.metadata().namespace(), policy.service().orElse("")), policy);
      }
    }
    return policies;
  }

  private static Map<ServiceKey, MeshIdentity> meshIdentities(Holdings holdings) {
    var identities = new HashMap<ServiceKey, MeshIdentity>();
    for (var stored : Holdings.ofKind(holdings.documents(), Kind.MESH_IDENTITY)) {
      if (stored.document() instanceof MeshIdentity identity) {
        identities.put(
            new ServiceKey(identity.metadata().namespace(), identity.service().orElse("")),
            identity);
      }
    }
    return identities;
  }

  private static MeshSettings meshSettings(Holdings holdings) {
    var stored =
        holdings.documents().get(new DocumentKey(Kind.MESH_SETTINGS, "", MeshSettings.NAME));
    return stored != null && stored.document() instanceof MeshSettings settings
        ? settings
        : MeshSettings.DEFAULT;
  }

  /** The namespaces in which something differs. */
  private static <P> Set<String> differences(Map<ServiceKey, P> before, Map<ServiceKey, P> after) {
    var all = new HashSet<>(before.keySet());
    all.addAll(after.keySet());
    return all.stream()
        .filter(key -> !Objects.equals(before.get(key), after.get(key)))
        .map(ServiceKey::namespace)
        .collect(Collectors.toSet());
  }
}
