package dev.ondine.xds.codec;

import dev.ondine.model.ClusterEndpoints;
import dev.ondine.model.Endpoint;
import dev.ondine.model.Endpoint.Health;
import dev.ondine.model.Locality;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads a {@code ClusterLoadAssignment}. */
final class EndpointsDecoder {
  private static final Set<String> SAYING = Set.of(OndineMetadata.KEY, MeshTls.SOCKET_MATCH);

  private record Group(int priority, List<Endpoint> endpoints) {}

  private EndpointsDecoder() {}

  static ClusterEndpoints read(WireReader in) {
    var cluster = "";
    var byPriority = new TreeMap<Integer, List<Endpoint>>();
    var index = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> cluster = in.string("cluster_name");
        case 2 -> {
          var group = in.message("endpoints", index++, EndpointsDecoder::group);
          byPriority
              .computeIfAbsent(group.priority(), _ -> new ArrayList<>())
              .addAll(group.endpoints());
        }
        default -> in.skip();
      }
    }
    return new ClusterEndpoints(cluster, preferred(byPriority));
  }

  /**
   * The first priority with a healthy endpoint, as long as we know no failover by load: what is
   * kept in reserve must not get traffic.
   */
  private static List<Endpoint> preferred(SortedMap<Integer, List<Endpoint>> byPriority) {
    for (var endpoints : byPriority.values()) {
      if (endpoints.stream().anyMatch(endpoint -> endpoint.health() == Health.HEALTHY)) {
        return endpoints;
      }
    }
    return byPriority.values().stream().flatMap(List::stream).toList();
  }

  private static Group group(WireReader in) {
    var place = Locality.UNKNOWN;
    var priority = 0;
    var endpoints = new ArrayList<Endpoint>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> place = in.message("locality", CommonDecoder::locality);
        case 2 ->
            endpoints.add(in.message("lb_endpoints", endpoints.size(), EndpointsDecoder::endpoint));
        case 5 -> priority = in.uint32("priority");
        case 8 -> throw in.unsupported("leds_cluster_locality_config");
        default -> in.skip();
      }
    }
    var where = place;
    return new Group(priority, endpoints.stream().map(endpoint -> at(endpoint, where)).toList());
  }

  private static Endpoint at(Endpoint endpoint, Locality place) {
    return new Endpoint(
        endpoint.host(),
        endpoint.port(),
        endpoint.workload(),
        endpoint.sidecar(),
        endpoint.mtls(),
        endpoint.health(),
        endpoint.weight(),
        place);
  }

  private static Endpoint endpoint(WireReader in) {
    var address = new Address("", 0);
    var health = Health.HEALTHY;
    var weight = 1;
    var said = Map.<String, Map<String, String>>of();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> address = in.message("endpoint", EndpointsDecoder::endpointAddress);
        case 2 -> health = health(in.number("health_status"));
        case 3 -> said = in.message("metadata", each -> CommonDecoder.metadata(each, SAYING));
        case 4 -> weight = in.message("load_balancing_weight", CommonDecoder::uint32Value);
        default -> in.skip();
      }
    }
    var ours = said.getOrDefault(OndineMetadata.KEY, Map.of());
    return new Endpoint(
        address.host(),
        address.port(),
        ours.getOrDefault(OndineMetadata.WORKLOAD, ""),
        Boolean.parseBoolean(ours.getOrDefault(OndineMetadata.SIDECAR, "false")),
        MeshTls.isMutual(said.getOrDefault(MeshTls.SOCKET_MATCH, Map.of())),
        health,
        weight,
        Locality.UNKNOWN);
  }

  /** {@code config.core.v3.HealthStatus}. */
  private static Health health(int number) {
    return switch (number) {
      case 2, 4 -> Health.UNHEALTHY; // also: timeout
      case 3, 5 -> Health.DRAINING; // also: degraded, which too is used only if nothing better is
      default -> Health.HEALTHY; // also: unknown, which is how most control planes say healthy
    };
  }

  private record Address(String host, int port) {}

  private static Address endpointAddress(WireReader in) {
    var address = new Address("", 0);
    while (in.next()) {
      if (in.field() == 1) {
        address = in.message("address", EndpointsDecoder::address);
      } else {
        in.skip();
      }
    }
    return address;
  }

  private static Address address(WireReader in) {
    var address = new Address("", 0);
    while (in.next()) {
      switch (in.field()) {
        case 1 -> address = in.message("socket_address", EndpointsDecoder::socketAddress);
        case 2 -> throw in.unsupported("pipe");
        case 3 -> throw in.unsupported("envoy_internal_address");
        default -> in.skip();
      }
    }
    return address;
  }

  private static Address socketAddress(WireReader in) {
    var host = "";
    var port = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> {
          if (in.number("protocol") != 0) {
            throw in.invalid("protocol", "is not TCP");
          }
        }
        case 2 -> host = in.string("address");
        case 3 -> port = in.uint32("port_value");
        case 4 -> throw in.unsupported("named_port");
        default -> in.skip();
      }
    }
    return new Address(host, port);
  }
}
