package dev.ondine.bench.proxy;

import dev.ondine.testkit.envoy.EnvoyBinary;
import dev.ondine.testkit.envoy.EnvoyProcess;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/**
 * Envoy as a sidecar of our kind would be set up: one worker, the router as the only filter, one
 * route, keep-alive to the backend.
 *
 * <p>It does what ours does by default and no more: forwarding headers and a request id,
 * statistics, no access log of what went well, no timeout where the route says nothing.
 */
final class Envoy {
  private Envoy() {}

  /**
   * Starts it.
   *
   * @param tools the folder where the program is kept
   */
  static Contender start(Workplace workplace, Path tools, Backend backend, PrintStream out)
      throws IOException, InterruptedException {
    var program = EnvoyBinary.install(tools, workplace.processes(), out);
    var envoy =
        EnvoyProcess.start(
            workplace.processes(),
            Workplace.onProxyCore(),
            program,
            workplace.work(),
            "envoy",
            port -> bootstrap(port, backend.port()));
    return new Contender("envoy", envoy.process(), envoy.port());
  }

  private static String bootstrap(int port, int backend) {
    return """
    static_resources:
      listeners:
      - name: outbound
        address: {socket_address: {address: 127.0.0.1, port_value: %d}}
        filter_chains:
        - filters:
          - name: envoy.filters.network.http_connection_manager
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
              stat_prefix: outbound
              codec_type: HTTP1
              use_remote_address: true
              route_config:
                name: outbound
                virtual_hosts:
                - name: backend
                  domains: ["%s"]
                  routes:
                  - match: {prefix: /}
                    route: {cluster: backend, timeout: 0s}
              http_filters:
              - name: envoy.filters.http.router
                typed_config:
                  "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
      clusters:
      - name: backend
        type: STATIC
        connect_timeout: 5s
        lb_policy: LEAST_REQUEST
        load_assignment:
          cluster_name: backend
          endpoints:
          - lb_endpoints:
            - endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: %d}}}
    """
        .formatted(port, Workplace.SERVICE, backend);
  }
}
