package dev.ondine.proxy.discovery;

import dev.ondine.model.AppProtocol;
import dev.ondine.model.Cluster;
import dev.ondine.model.ClusterEndpoints;
import dev.ondine.model.DemandKey;
import dev.ondine.model.Endpoint;
import dev.ondine.model.Listener;
import dev.ondine.model.Route;
import dev.ondine.model.RouteAction;
import dev.ondine.model.RouteConfiguration;
import dev.ondine.model.RouteMatch;
import dev.ondine.model.VirtualHost;
import dev.ondine.xds.codec.ResourceType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Services for tests, in the words of a shop, as the resources that control sends for them. */
public final class Shop {
  /** A service: what control sends for each type of resource. */
  public record Offer(
      String name,
      List<String> aliases,
      Optional<Listener> listener,
      Optional<RouteConfiguration> routes,
      Optional<Cluster> cluster,
      Optional<ClusterEndpoints> endpoints) {

    List<String> names() {
      var names = new java.util.ArrayList<>(aliases);
      names.add(name);
      return names;
    }

    Optional<?> resource(ResourceType type) {
      return switch (type) {
        case LISTENER -> listener;
        case ROUTES -> routes;
        case CLUSTER -> cluster;
        case ENDPOINTS -> endpoints;
        case SECRET, INBOUND -> Optional.empty();
      };
    }

    Offer alias(String alias) {
      return new Offer(name, List.of(alias), listener, routes, cluster, endpoints);
    }

    Offer routedTo(String... clusters) {
      return new Offer(
          name, aliases, listener, Optional.of(Shop.routes(name, clusters)), cluster, endpoints);
    }
  }

  private Shop() {}

  public static DemandKey key(String authority) {
    return DemandKey.parse(authority, "default").orElseThrow();
  }

  /** An HTTP service with endpoints on port 80 of these hosts. */
  public static Offer http(String authority, String... hosts) {
    var name = key(authority).wire();
    return new Offer(
        name,
        List.of(),
        Optional.of(listener(name, new Listener.Traffic.Http(name), AppProtocol.HTTP)),
        Optional.of(routes(name, name)),
        Optional.of(Cluster.named(name)),
        Optional.of(endpoints(name, hosts)));
  }

  /** A TCP service: no route table. */
  public static Offer tcp(String authority, String... hosts) {
    var name = key(authority).wire();
    return new Offer(
        name,
        List.of(),
        Optional.of(listener(name, new Listener.Traffic.Tcp(name), AppProtocol.TCP)),
        Optional.empty(),
        Optional.of(Cluster.named(name)),
        Optional.of(endpoints(name, hosts)));
  }

  public static ClusterEndpoints endpoints(String name, String... hosts) {
    return new ClusterEndpoints(
        name, Arrays.stream(hosts).map(host -> Endpoint.of(host, 80)).toList());
  }

  private static Listener listener(String name, Listener.Traffic traffic, AppProtocol protocol) {
    var service = name.substring(0, name.indexOf('.'));
    var info =
        new Listener.ServiceInfo(service, "default", 80, protocol, Optional.of("240.240.0.5"));
    return new Listener(name, traffic, Optional.of(info));
  }

  private static RouteConfiguration routes(String name, String... clusters) {
    var shares =
        Arrays.stream(clusters)
            .map(cluster -> new RouteAction.WeightedCluster(cluster, 1))
            .toList();
    var action =
        shares.size() == 1 ? new RouteAction.Forward(clusters[0]) : new RouteAction.Split(shares);
    var route = new Route("", RouteMatch.ANY, action, Optional.empty());
    return new RouteConfiguration(
        name, List.of(new VirtualHost(name, List.of("*"), List.of(route))));
  }

  public static DemandKey virtualIp(String ip, int port) {
    return new DemandKey.VirtualIp(ip, port);
  }

  public static DemandKey.Name port(String host, int port) {
    return new DemandKey.Name(host, OptionalInt.of(port));
  }
}
