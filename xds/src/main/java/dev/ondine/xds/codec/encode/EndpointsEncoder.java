package dev.ondine.xds.codec.encode;

import static java.util.Comparator.comparing;

import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import dev.ondine.model.ClusterEndpoints;
import dev.ondine.model.Locality;
import dev.ondine.xds.codec.MeshTls;
import dev.ondine.xds.codec.OndineMetadata;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Endpoints, grouped by place and sorted, so that equal sets have equal bytes. */
final class EndpointsEncoder {
  private static final Comparator<Locality> BY_PLACE =
      comparing(Locality::region).thenComparing(Locality::zone).thenComparing(Locality::subZone);
  private static final Comparator<dev.ondine.model.Endpoint> BY_ADDRESS =
      comparing(dev.ondine.model.Endpoint::host)
          .thenComparingInt(dev.ondine.model.Endpoint::port)
          .thenComparing(dev.ondine.model.Endpoint::workload);

  private EndpointsEncoder() {}

  static ClusterLoadAssignment encode(ClusterEndpoints endpoints) {
    var wire = ClusterLoadAssignment.newBuilder().setClusterName(endpoints.cluster());
    endpoints.endpoints().stream()
        .sorted(BY_ADDRESS)
        .collect(
            Collectors.groupingBy(
                dev.ondine.model.Endpoint::locality,
                () -> new TreeMap<>(BY_PLACE),
                Collectors.toList()))
        .forEach((place, group) -> wire.addEndpoints(encode(place, group)));
    return wire.build();
  }

  private static LocalityLbEndpoints encode(
      Locality place, List<dev.ondine.model.Endpoint> endpoints) {
    var wire =
        LocalityLbEndpoints.newBuilder()
            .setLocality(
                io.envoyproxy.envoy.config.core.v3.Locality.newBuilder()
                    .setRegion(place.region())
                    .setZone(place.zone())
                    .setSubZone(place.subZone()))
            // gRPC clients ignore a locality without weight.
            .setLoadBalancingWeight(
                UInt32Value.of(
                    (int)
                        Math.min(
                            Integer.MAX_VALUE,
                            endpoints.stream()
                                .mapToLong(dev.ondine.model.Endpoint::weight)
                                .sum())));
    endpoints.forEach(endpoint -> wire.addLbEndpoints(encode(endpoint)));
    return wire.build();
  }

  private static LbEndpoint encode(dev.ondine.model.Endpoint endpoint) {
    return LbEndpoint.newBuilder()
        .setEndpoint(
            Endpoint.newBuilder()
                .setAddress(
                    Address.newBuilder()
                        .setSocketAddress(
                            SocketAddress.newBuilder()
                                .setAddress(endpoint.host())
                                .setPortValue(endpoint.port()))))
        .setHealthStatus(
            switch (endpoint.health()) {
              case HEALTHY -> HealthStatus.HEALTHY;
              case DRAINING -> HealthStatus.DRAINING;
              case UNHEALTHY -> HealthStatus.UNHEALTHY;
            })
        .setLoadBalancingWeight(UInt32Value.of(endpoint.weight()))
        .setMetadata(metadata(endpoint))
        .build();
  }

  private static Metadata metadata(dev.ondine.model.Endpoint endpoint) {
    var ours =
        Struct.newBuilder()
            .putFields(OndineMetadata.WORKLOAD, Wire.value(endpoint.workload()))
            .putFields(OndineMetadata.SIDECAR, Wire.value(endpoint.sidecar()))
            .build();
    return endpoint.mtls()
        ? Wire.metadata(ours).toBuilder()
            .putFilterMetadata(MeshTls.SOCKET_MATCH, UpstreamTlsEncoder.MUTUAL)
            .build()
        : Wire.metadata(ours);
  }
}
