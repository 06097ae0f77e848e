package dev.ondine.xds.codec.encode;

import com.google.protobuf.Struct;
import dev.ondine.model.AppProtocol;
import dev.ondine.xds.codec.OndineMetadata;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.EdsClusterConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LbPolicy;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.ExplicitHttpConfig;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions.UseDownstreamHttpConfig;
import java.util.Optional;

/** Clusters with endpoints by EDS. */
final class ClusterEncoder {
  private static final String HTTP_OPTIONS =
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

  private ClusterEncoder() {}

  static Cluster encode(dev.ondine.model.Cluster cluster) {
    var eds = EdsClusterConfig.newBuilder().setEdsConfig(Wire.ADS);
    if (!cluster.endpointsName().equals(cluster.name())) {
      eds.setServiceName(cluster.endpointsName());
    }
    var wire =
        Cluster.newBuilder()
            .setName(cluster.name())
            .setType(DiscoveryType.EDS)
            .setEdsClusterConfig(eds)
            .setConnectTimeout(Wire.duration(cluster.connectTimeout()))
            .setLbPolicy(
                switch (cluster.balancing()) {
                  case LEAST_REQUEST -> LbPolicy.LEAST_REQUEST;
                  case ROUND_ROBIN -> LbPolicy.ROUND_ROBIN;
                })
            // Envoy's options cannot tell gRPC from HTTP/2, nor TCP from an unknown protocol.
            .setMetadata(
                Wire.metadata(
                    Struct.newBuilder()
                        .putFields(
                            OndineMetadata.PROTOCOL, Wire.value(cluster.upstreamProtocol().text()))
                        .build()));
    options(cluster.upstreamProtocol())
        .ifPresent(
            options -> wire.putTypedExtensionProtocolOptions(HTTP_OPTIONS, Wire.pack(options)));
    if (!cluster.identities().isEmpty()) {
      wire.addAllTransportSocketMatches(UpstreamTlsEncoder.sockets(cluster));
    }
    return wire.build();
  }

  private static Optional<HttpProtocolOptions> options(AppProtocol protocol) {
    var options = HttpProtocolOptions.newBuilder();
    switch (protocol) {
      case AUTO ->
          options.setUseDownstreamProtocolConfig(
              UseDownstreamHttpConfig.newBuilder()
                  .setHttpProtocolOptions(Http1ProtocolOptions.getDefaultInstance())
                  .setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance()));
      case HTTP ->
          options.setExplicitHttpConfig(
              ExplicitHttpConfig.newBuilder()
                  .setHttpProtocolOptions(Http1ProtocolOptions.getDefaultInstance()));
      case HTTP2, GRPC ->
          options.setExplicitHttpConfig(
              ExplicitHttpConfig.newBuilder()
                  .setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance()));
      case TCP, TLS -> {
        return Optional.empty();
      }
    }
    return Optional.of(options.build());
  }
}
