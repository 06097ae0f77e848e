package dev.ondine.control.registry;

import dev.ondine.control.policy.DiscoveryPolicy;
import dev.ondine.control.policy.MeshIdentity;
import dev.ondine.control.policy.MeshSettings;
import dev.ondine.control.policy.Metadata;
import dev.ondine.control.policy.TrafficPolicy;
import dev.ondine.model.AppProtocol;
import dev.ondine.model.InboundSecurity;
import dev.ondine.model.Locality;
import dev.ondine.model.Service;
import dev.ondine.model.ServicePort;
import dev.ondine.model.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds worlds for tests of what is made from them, without a store. */
public final class TestWorld {
  private final Map<ServiceKey, ServiceView> services = new HashMap<>();
  private final Map<String, ServiceKey> virtualIps = new HashMap<>();
  private final Map<ServiceKey, DiscoveryPolicy> discoveryPolicies = new HashMap<>();
  private final Map<ServiceKey, MeshIdentity> identities = new HashMap<>();

  /** A port named {@code port-N}, at the same number on its workloads. */
  public static ServicePort port(int number, AppProtocol protocol) {
    return new ServicePort("port-" + number, number, number, protocol);
  }

  /** Adds a service that is not there yet, as {@code name.namespace}. */
  public TestWorld service(String nameAndNamespace, ServicePort... ports) {
    var key = key(nameAndNamespace);
    var ip = Optional.of("240.240.0." + (services.size() + 1));
    var service = new Service(key.name(), key.namespace(), List.of(ports), Map.of(), ip);
    services.put(key, new ServiceView(service, true, List.of(), Optional.empty(), List.of()));
    virtualIps.put(ip.get(), key);
    return this;
  }

  /** Adds a ready workload with a sidecar, reached at each port's target port. */
  public TestWorld workload(String nameAndNamespace, String instance, String address) {
    var view = view(nameAndNamespace);
    var ports = new HashMap<String, Integer>();
    view.service().ports().forEach(port -> ports.put(port.name(), port.targetPort()));
    return workload(
        new Workload(
            instance,
            view.service().namespace(),
            view.service().name(),
            address,
            ports,
            true,
            false,
            Workload.State.READY,
            view.service().name(),
            Locality.UNKNOWN,
            1,
            Map.of()));
  }

  /** Adds this workload to its service. */
  public TestWorld workload(Workload workload) {
    var view = view(workload.service() + "." + workload.namespace());
    var workloads = new ArrayList<>(view.workloads());
    workloads.removeIf(other -> other.name().equals(workload.name()));
    workloads.add(workload);
    return put(view, workloads, view.trafficPolicy(), view.visibleTo());
  }

  /** Sets the state of an instance of the service. */
  public TestWorld state(String nameAndNamespace, String instance, Workload.State state) {
    return workload(
        view(nameAndNamespace).workload(instance).map(w -> w.withState(state)).orElseThrow());
  }

  /** Makes the service's traffic policy this one. */
  public TestWorld trafficPolicy(TrafficPolicy policy) {
    var view = view(policy.service() + "." + policy.metadata().namespace());
    return put(view, view.workloads(), Optional.of(policy), view.visibleTo());
  }

  /** Hides the service from all namespaces but its own and these. */
  public TestWorld visibleTo(String nameAndNamespace, String... namespaces) {
    var view = view(nameAndNamespace);
    return put(view, view.workloads(), view.trafficPolicy(), List.of(namespaces));
  }

  /** Demands this of the service's callers. */
  public TestWorld mtls(String nameAndNamespace, InboundSecurity.Mtls mtls) {
    return security(nameAndNamespace, InboundSecurity.of(mtls));
  }

  /** Demands this of the service's callers, port by port. */
  public TestWorld security(String nameAndNamespace, InboundSecurity security) {
    var key = view(nameAndNamespace).key();
    identities.put(
        key,
        new MeshIdentity(
            new Metadata("mtls", key.namespace(), Map.of()), Optional.of(key.name()), security));
    return this;
  }

  /** All its workloads have a certificate. */
  public TestWorld takesMtls(String nameAndNamespace) {
    for (var w : view(nameAndNamespace).workloads()) {
      workload(
          new Workload(
              w.name(),
              w.namespace(),
              w.service(),
              w.address(),
              w.ports(),
              w.sidecar(),
              true,
              w.state(),
              w.serviceAccount(),
              w.locality(),
              w.weight(),
              w.labels()));
    }
    return this;
  }

  /** Sidecars of this namespace are not told that a service is hidden from them. */
  public TestWorld concealDenied(String namespace) {
    var d = DiscoveryPolicy.Settings.DEFAULT;
    var settings =
        new DiscoveryPolicy.Settings(
            d.maxWait(),
            d.namesInFlight(),
            d.demandBurst(),
            d.demandPerSecond(),
            d.heldRequestsPerName(),
            d.heldBytes(),
            d.missingNames(),
            d.missingFor(),
            false,
            d.warmNames(),
            d.idleAfter(),
            d.onUnknown());
    var metadata = new Metadata("quiet", namespace, Map.of());
    discoveryPolicies.put(
        new ServiceKey(namespace, ""), new DiscoveryPolicy(metadata, Optional.empty(), settings));
    return this;
  }

  /** Takes the service away; its virtual IP stays its own. */
  public TestWorld without(String nameAndNamespace) {
    services.remove(key(nameAndNamespace));
    return this;
  }

  /** The world. */
  public World build() {
    return new World(1, services, virtualIps, discoveryPolicies, identities, MeshSettings.DEFAULT);
  }

  private ServiceView view(String nameAndNamespace) {
    return Optional.ofNullable(services.get(key(nameAndNamespace))).orElseThrow();
  }

  private TestWorld put(
      ServiceView view,
      List<Workload> workloads,
      Optional<TrafficPolicy> policy,
      List<String> visibleTo) {
    services.put(
        view.key(), new ServiceView(view.service(), view.declared(), workloads, policy, visibleTo));
    return this;
  }

  private static ServiceKey key(String nameAndNamespace) {
    var dot = nameAndNamespace.indexOf('.');
    return new ServiceKey(nameAndNamespace.substring(dot + 1), nameAndNamespace.substring(0, dot));
  }
}
