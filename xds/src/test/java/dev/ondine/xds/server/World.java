package dev.ondine.xds.server;

import dev.ondine.model.AppProtocol;
import dev.ondine.model.Cluster;
import dev.ondine.model.ClusterEndpoints;
import dev.ondine.model.Endpoint;
import dev.ondine.model.Listener;
import dev.ondine.model.PathMatch;
import dev.ondine.model.Route;
import dev.ondine.model.RouteAction;
import dev.ondine.model.RouteConfiguration;
import dev.ondine.model.RouteMatch;
import dev.ondine.model.VirtualHost;
import dev.ondine.xds.codec.Node;
import dev.ondine.xds.codec.ResourceType;
import dev.ondine.xds.codec.encode.Encoder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A registry of services that tests change, and the resource source that reads it. */
final class World implements ResourceSource {
  private record Service(int endpoints, AppProtocol protocol, Set<String> aliases) {}

  private final Map<String, Service> services = new ConcurrentHashMap<>();
  private final Map<String, String> denied = new ConcurrentHashMap<>();
  private final Map<String, Integer> lookups = new ConcurrentHashMap<>();

  /** Makes or changes a service. */
  void put(String name, int endpoints) {
    put(name, endpoints, AppProtocol.HTTP);
  }

  void put(String name, int endpoints, AppProtocol protocol, String... aliases) {
    services.put(name, new Service(endpoints, protocol, Set.of(aliases)));
  }

  void remove(String name) {
    services.remove(name);
  }

  void deny(String name, String reason) {
    denied.put(name, reason);
  }

  /** How often a name was looked up, of all types. */
  int lookups(String name) {
    return lookups.getOrDefault(name, 0);
  }

  @Override
  public Answer lookup(Node node, ResourceType type, String asked) {
    lookups.merge(asked, 1, Integer::sum);
    var name =
        services.entrySet().stream()
            .filter(entry -> entry.getValue().aliases().contains(asked))
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse(asked);
    var dependencies = name.equals(asked) ? Set.of(asked) : Set.of(asked, name);
    var reason = denied.get(name);
    if (reason != null) {
      return new Answer.Denied(reason, dependencies);
    }
    var service = services.get(name);
    if (service == null) {
      return new Answer.NotFound(dependencies);
    }
    var aliases = name.equals(asked) ? List.<String>of() : List.of(asked);
    return new Answer.Found(encode(type, name, service, aliases), dependencies);
  }

  private static EncodedResource encode(
      ResourceType type, String name, Service service, List<String> aliases) {
    var body =
        switch (type) {
          case CLUSTER ->
              Encoder.encode(
                  new Cluster(
                      name,
                      name,
                      Cluster.Balancing.LEAST_REQUEST,
                      Duration.ofSeconds(5),
                      service.protocol(),
                      java.util.Set.of()));
          case ENDPOINTS ->
              Encoder.encode(
                  new ClusterEndpoints(
                      name,
                      IntStream.range(0, service.endpoints())
                          .mapToObj(i -> Endpoint.of("10.0.0." + (i + 1), 8080))
                          .toList()));
          case LISTENER ->
              Encoder.encode(new Listener(name, new Listener.Traffic.Http(name), Optional.empty()));
          case ROUTES ->
              Encoder.encode(
                  new RouteConfiguration(
                      name,
                      List.of(
                          new VirtualHost(
                              name,
                              List.of("*"),
                              List.of(
                                  new Route(
                                      "",
                                      new RouteMatch(
                                          new PathMatch.Prefix("/"), Optional.empty(), List.of()),
                                      new RouteAction.Forward(name),
                                      Optional.empty()))))));
          case SECRET, INBOUND -> throw new IllegalArgumentException(type + " is of no service");
        };
    return EncodedResource.of(name, aliases, body);
  }

  @Override
  public Set<String> all(Node node, ResourceType type) {
    return type == ResourceType.CLUSTER ? Set.copyOf(services.keySet()) : Set.of();
  }

  @Override
  public String toString() {
    return new TreeMap<>(services)
        .entrySet().stream().map(Object::toString).collect(Collectors.joining("\n"));
  }
}
