package dev.ondine.control.translate;

import dev.ondine.control.registry.ServiceKey;
import dev.ondine.control.registry.ServiceView;
import dev.ondine.control.registry.World;
import dev.ondine.model.DemandKey;
import dev.ondine.model.Workload;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Finds out what a demanded name means to a node, in one world.
 *
 * <p>{@code a.b.mesh} is first service a of namespace b, then instance a of service b in the node's
 * own namespace; {@code a.b.c.mesh} is instance a of service b of namespace c. Names may come in
 * any form that callers write; the answer carries the name that was asked for, so that foreign
 * clients find it. A virtual IP is answered under its service's canonical name, and the server name
 * of a TLS connection ({@code sni/a.b.mesh:443}) under the name without its prefix: it is the same
 * service port. The demanded name is then the alias.
 */
public final class NameResolver {
  private final World world;
  private final ServiceKey asker;

  /**
   * @param asker the service whose sidecar asks; short names are looked up in its namespace
   */
  public NameResolver(World world, ServiceKey asker) {
    this.world = world;
    this.asker = asker;
  }

  /** What the name means; total: text that cannot be a name of ours is not found. */
  public Resolution resolve(String wire) {
    var address = SocketText.parse(wire);
    if (address.isPresent()) {
      return byVirtualIp(wire, address.get());
    }
    var sni = DemandKey.Sni.ofWire(wire, asker.namespace());
    if (sni.isPresent()) {
      var port = OptionalInt.of(sni.get().port()); // never another one, not even for 80
      return byName(sni.get().name().wire(), Optional.of(wire), sni.get().host(), port);
    }
    return DemandKey.parse(wire, asker.namespace())
        .map(name -> byName(wire, Optional.empty(), name.host(), name.port()))
        .orElseGet(() -> new Resolution.NotFound(Set.of()));
  }

  private Resolution byVirtualIp(String wire, SocketText address) {
    var dependencies = new HashSet<String>();
    dependencies.add(Resolution.virtualIpDependency(address.host()));
    var view = world.virtualIp(address.host()).flatMap(key -> service(key, dependencies));
    if (view.isEmpty()) {
      return new Resolution.NotFound(dependencies);
    }
    var host = view.get().service().host();
    var canonical = address.port() == 80 ? host : host + ":" + address.port();
    var port = OptionalInt.of(address.port());
    return found(canonical, Optional.of(wire), view.get(), port, Optional.empty(), dependencies);
  }

  private Resolution byName(String answer, Optional<String> alias, String host, OptionalInt port) {
    var bare = host.substring(0, host.length() - DemandKey.SUFFIX.length());
    var labels = List.of(bare.split("\\.", -1));
    var dependencies = new HashSet<String>();
    if (labels.size() == 2) {
      var view = service(new ServiceKey(labels.get(1), labels.get(0)), dependencies);
      if (view.isPresent()) {
        return found(answer, alias, view.get(), port, Optional.empty(), dependencies);
      }
    }
    var namespace = labels.size() == 3 ? labels.get(2) : asker.namespace();
    var view = service(new ServiceKey(namespace, labels.get(1)), dependencies);
    var instance = view.flatMap(v -> v.workload(labels.get(0)));
    return instance.isPresent()
        ? found(answer, alias, view.get(), port, instance, dependencies)
        : new Resolution.NotFound(dependencies);
  }

  private Resolution found(
      String name,
      Optional<String> alias,
      ServiceView view,
      OptionalInt number,
      Optional<Workload> instance,
      Set<String> dependencies) {
    if (!view.isVisibleTo(asker.namespace())) {
      return denied(view, dependencies);
    }
    var inbound = world.inboundSecurity(view.key());
    dependencies.add(World.identityDependency(view.key().namespace()));
    dependencies.add(World.MESH_SETTINGS);
    return view.service()
        .port(number)
        .<Resolution>map(
            port ->
                new Resolution.Found(
                    name, alias, view, port, instance, inbound.at(port.targetPort()), dependencies))
        .orElseGet(() -> new Resolution.NotFound(dependencies));
  }

  private Resolution denied(ServiceView view, Set<String> dependencies) {
    dependencies.add(World.discoveryDependency(asker.namespace()));
    if (!world.discoveryPolicy(asker).settings().revealDenied()) {
      return new Resolution.NotFound(dependencies);
    }
    var reason = "service " + view.key() + " is not visible to namespace " + asker.namespace();
    return new Resolution.Denied(reason, dependencies);
  }

  private Optional<ServiceView> service(ServiceKey key, Set<String> dependencies) {
    dependencies.add(key.dependency());
    return world.service(key);
  }
}
