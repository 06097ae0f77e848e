package dev.ondine.xds.codec.encode;

import com.google.protobuf.Any;
import dev.ondine.model.Cluster;
import dev.ondine.model.ClusterEndpoints;
import dev.ondine.model.InboundSecurity;
import dev.ondine.model.Listener;
import dev.ondine.model.RouteConfiguration;
import dev.ondine.model.TrustBundle;
import dev.ondine.model.TrustBundles;

/**
 * Writes our records as Envoy's messages, so that Envoy and gRPC clients understand them too. Equal
 * records give equal bytes; the order of endpoints does not count.
 */
public final class Encoder {
  private Encoder() {}

  /** A {@code Secret} with the bundles of all trust domains. */
  public static Any encode(TrustBundles bundles) {
    return Wire.pack(SecretEncoder.encode(bundles));
  }

  /** An {@code ondine.v1.InboundSettings}, which only our own sidecars understand. */
  public static Any encode(InboundSecurity security) {
    return Wire.pack(InboundEncoder.encode(security));
  }

  /** A {@code Secret} with the roots of one trust domain. */
  public static Any encode(TrustBundle bundle) {
    return Wire.pack(SecretEncoder.encode(bundle));
  }

  /** A {@code config.listener.v3.Listener}. */
  public static Any encode(Listener listener) {
    return Wire.pack(ListenerEncoder.encode(listener));
  }

  /** A {@code config.route.v3.RouteConfiguration}. */
  public static Any encode(RouteConfiguration routes) {
    return Wire.pack(RouteEncoder.encode(routes));
  }

  /** A {@code config.cluster.v3.Cluster} whose endpoints come by EDS on the same stream. */
  public static Any encode(Cluster cluster) {
    return Wire.pack(ClusterEncoder.encode(cluster));
  }

  /** A {@code config.endpoint.v3.ClusterLoadAssignment}. */
  public static Any encode(ClusterEndpoints endpoints) {
    return Wire.pack(EndpointsEncoder.encode(endpoints));
  }
}
