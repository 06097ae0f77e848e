package dev.ondine.control.registry;

import dev.ondine.control.policy.DiscoveryPolicy;
import dev.ondine.control.policy.DocumentKey;
import dev.ondine.control.policy.Kind;
import dev.ondine.control.policy.MeshSettings;
import dev.ondine.control.policy.ServiceDocument;
import dev.ondine.control.policy.TrafficPolicy;
import dev.ondine.model.Service;
import dev.ondine.model.ServicePort;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Makes the world that follows from holdings, and tells what of it is new. A pure function. */
final class Worlds {
  private Worlds() {}

  /**
   * A world and how it differs from the one before.
   *
   * @param changed dependency keys; empty when translation could not tell the difference
   */
  record Step(World world, Set<String> changed) {}

  /**
   * @param services the only ones that may differ
   */
  static Step after(World before, Holdings holdings, Set<ServiceKey> services) {
    var changed = new HashSet<String>();
    var views = new HashMap<ServiceKey, ServiceView>();
    before.services().forEach(view -> views.put(view.key(), view));
    var members = new Members(holdings.documents(), holdings.registrations(), services);
    var policies = trafficPolicies(holdings, services);
    for (var service : services) {
      var policy = Optional.ofNullable(policies.get(service));
      var now = view(service, holdings, members, policy);
      var was =
          Optional.ofNullable(
              now.isPresent() ? views.put(service, now.get()) : views.remove(service));
      if (!now.equals(was)) {
        changed.add(service.dependency());
      } else {
        was.ifPresent(same -> views.put(service, same)); // what was made from it is found again
      }
    }
    var discovery = discoveryPolicies(holdings);
    changed.addAll(differences(before.discoveryPolicies(), discovery));
    var settings = meshSettings(holdings);
    if (!settings.equals(before.meshSettings())) {
      changed.add(World.MESH_SETTINGS);
    }
    var virtualIps = new HashMap<String, ServiceKey>();
    holdings.virtualIps().forEach((service, ip) -> virtualIps.put(ip.value(), service));
    return new Step(
        new World(holdings.revision(), views, virtualIps, discovery, settings), changed);
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
    for (var stored : holdings.documents().values()) {
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
    for (var stored : holdings.documents().values()) {
      if (stored.document() instanceof DiscoveryPolicy policy) {
        policies.put(
            new ServiceKey(policy.metadata().namespace(), policy.service().orElse("")), policy);
      }
    }
    return policies;
  }

  private static MeshSettings meshSettings(Holdings holdings) {
    var stored =
        holdings.documents().get(new DocumentKey(Kind.MESH_SETTINGS, "", MeshSettings.NAME));
    return stored != null && stored.document() instanceof MeshSettings settings
        ? settings
        : MeshSettings.DEFAULT;
  }

  private static Set<String> differences(
      Map<ServiceKey, DiscoveryPolicy> before, Map<ServiceKey, DiscoveryPolicy> after) {
    var all = new HashSet<>(before.keySet());
    all.addAll(after.keySet());
    var changed = new HashSet<String>();
    for (var key : all) {
      if (!Optional.ofNullable(before.get(key)).equals(Optional.ofNullable(after.get(key)))) {
        changed.add(World.discoveryDependency(key.namespace()));
      }
    }
    return changed;
  }
}
