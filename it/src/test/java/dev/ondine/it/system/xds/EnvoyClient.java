package dev.ondine.it.system.xds;

import dev.ondine.testkit.envoy.EnvoyProcess;
import dev.ondine.testkit.process.Processes;
import java.io.IOException;
import java.nio.file.Path;

/** Envoys that know nothing but a listener's port, the name of its routes and our control plane. */
enum EnvoyClient {
  /** Delta xDS; takes a cluster when a route first leads to it. */
  DELTA_ON_DEMAND("envoy_delta_on_demand", "DELTA_GRPC", Clusters.ON_DEMAND),
  /** Delta xDS; takes all clusters. */
  DELTA("envoy_delta", "DELTA_GRPC", Clusters.ALL),
  /** State-of-the-world xDS; takes all clusters. */
  STATE_OF_THE_WORLD("envoy_sotw", "GRPC", Clusters.ALL);

  private enum Clusters {
    ALL,
    ON_DEMAND
  }

  private final String figures;
  private final String apiType;
  private final Clusters clusters;

  EnvoyClient(String figures, String apiType, Clusters clusters) {
    this.figures = figures;
    this.apiType = apiType;
    this.clusters = clusters;
  }

  /** The beginning of its figures' names. */
  String figures() {
    return figures;
  }

  /**
   * Starts it and returns the port where it takes requests.
   *
   * @param authority the service's name and port: the name of its routes, and of its cluster
   */
  EnvoyProcess start(Processes processes, Path program, Path work, int xds, String authority)
      throws IOException {
    return EnvoyProcess.start(
        processes, program, work, figures, port -> bootstrap(port, xds, authority));
  }

  private String bootstrap(int port, int xds, String authority) {
    return """
    node: {id: %1$s.default, cluster: %1$s}
    dynamic_resources:
      ads_config:
        api_type: %2$s
        transport_api_version: V3
        grpc_services: [{envoy_grpc: {cluster_name: control}}]
    %3$s
    static_resources:
      clusters:
      - name: control
        type: STATIC
        connect_timeout: 5s
        typed_extension_protocol_options:
          envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
            "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
            explicit_http_config: {http2_protocol_options: {}}
        load_assignment:
          cluster_name: control
          endpoints:
          - lb_endpoints:
            - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %4$d}}}
      listeners:
      - name: outbound
        address: {socket_address: {address: 127.0.0.1, port_value: %5$d}}
        filter_chains:
        - filters:
          - name: envoy.filters.network.http_connection_manager
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
              stat_prefix: outbound
              rds:
                route_config_name: "%6$s"
                config_source: {ads: {}, resource_api_version: V3}
              http_filters:
    %7$s
              - name: envoy.filters.http.router
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
    """
        .formatted(
            figures,
            apiType,
            switch (clusters) {
              case ALL -> "  cds_config: {ads: {}, resource_api_version: V3}";
              case ON_DEMAND -> "";
            },
            xds,
            port,
            authority,
            switch (clusters) {
              case ALL -> "";
              case ON_DEMAND ->
                  """
                            - name: envoy.filters.http.on_demand
                              typed_config:
                                "@type": type.googleapis.com/envoy.extensions.filters.http.on_demand.v3.OnDemand
                                odcds:
                                  source: {ads: {}, resource_api_version: V3}
                                  timeout: 5s\
                  """;
            });
  }
}
