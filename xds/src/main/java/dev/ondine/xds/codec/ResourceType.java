package dev.ondine.xds.codec;

import dev.ondine.model.Cluster;
import dev.ondine.model.ClusterEndpoints;
import dev.ondine.model.InboundSecurity;
import dev.ondine.model.Listener;
import dev.ondine.model.RouteConfiguration;
import dev.ondine.model.TrustBundles;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The kinds of xDS resources that we speak, in the order in which changes are sent and applied: a
 * cluster before what refers to it.
 */
public enum ResourceType {
  SECRET(
      "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret", TrustBundles.class),
  INBOUND("type.googleapis.com/ondine.v1.InboundSettings", InboundSecurity.class),
  CLUSTER("type.googleapis.com/envoy.config.cluster.v3.Cluster", Cluster.class),
  ENDPOINTS(
      "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment", ClusterEndpoints.class),
  LISTENER("type.googleapis.com/envoy.config.listener.v3.Listener", Listener.class),
  ROUTES("type.googleapis.com/envoy.config.route.v3.RouteConfiguration", RouteConfiguration.class);

  /** What a service's name stands for: a bundle has one of each. */
  public static final List<ResourceType> OF_A_SERVICE =
      List.of(CLUSTER, ENDPOINTS, LISTENER, ROUTES);

  private final String url;
  private final Class<?> model;

  ResourceType(String url, Class<?> model) {
    this.url = url;
    this.model = model;
  }

  /** The type with this protobuf type URL; empty for one that we do not speak. */
  public static Optional<ResourceType> ofUrl(String url) {
    return Arrays.stream(values()).filter(type -> type.url.equals(url)).findFirst();
  }

  /** The protobuf type URL. */
  public String url() {
    return url;
  }

  /** The record that a resource of this kind is decoded to. */
  public Class<?> model() {
    return model;
  }
}
