package dev.ondine.xds.codec.encode;

import com.google.protobuf.Struct;
import dev.ondine.model.Listener.ServiceInfo;
import dev.ondine.model.Listener.Traffic;
import dev.ondine.xds.codec.OndineMetadata;
import io.envoyproxy.envoy.config.listener.v3.ApiListener;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;

/** Listeners: an API listener for HTTP, as gRPC clients expect it; a TcpProxy chain for TCP. */
final class ListenerEncoder {
  private ListenerEncoder() {}

  static Listener encode(dev.ondine.model.Listener listener) {
    var wire = Listener.newBuilder().setName(listener.name());
    listener.service().ifPresent(info -> wire.setMetadata(Wire.metadata(serviceInfo(info))));
    switch (listener.traffic()) {
      case Traffic.Http(var routes) ->
          http(
              wire,
              manager(listener.name())
                  .setRds(Rds.newBuilder().setConfigSource(Wire.ADS).setRouteConfigName(routes)));
      case Traffic.HttpInline(var routes) ->
          http(wire, manager(listener.name()).setRouteConfig(RouteEncoder.encode(routes)));
      case Traffic.Tcp(var cluster) ->
          wire.addFilterChains(
              FilterChain.newBuilder()
                  .addFilters(
                      Filter.newBuilder()
                          .setName("envoy.filters.network.tcp_proxy")
                          .setTypedConfig(
                              Wire.pack(
                                  TcpProxy.newBuilder()
                                      .setStatPrefix(listener.name())
                                      .setCluster(cluster)
                                      .build()))));
    }
    return wire.build();
  }

  private static void http(Listener.Builder wire, HttpConnectionManager.Builder manager) {
    wire.setApiListener(ApiListener.newBuilder().setApiListener(Wire.pack(manager.build())));
  }

  private static HttpConnectionManager.Builder manager(String name) {
    // Envoy and gRPC both refuse a connection manager whose last filter is not the router.
    return HttpConnectionManager.newBuilder()
        .setStatPrefix(name)
        .addHttpFilters(
            HttpFilter.newBuilder()
                .setName("envoy.filters.http.router")
                .setTypedConfig(Wire.pack(Router.getDefaultInstance())));
  }

  private static Struct serviceInfo(ServiceInfo info) {
    var fields =
        Struct.newBuilder()
            .putFields(OndineMetadata.SERVICE, Wire.value(info.service()))
            .putFields(OndineMetadata.NAMESPACE, Wire.value(info.namespace()))
            .putFields(OndineMetadata.PORT, Wire.value(info.port()))
            .putFields(OndineMetadata.PROTOCOL, Wire.value(info.protocol().text()));
    info.virtualIp().ifPresent(ip -> fields.putFields(OndineMetadata.VIRTUAL_IP, Wire.value(ip)));
    return fields.build();
  }
}
