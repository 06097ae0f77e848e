package dev.ondine.xds.codec;

import com.google.protobuf.ByteString;
import dev.ondine.model.Cluster;
import dev.ondine.model.ClusterEndpoints;
import dev.ondine.model.InboundSecurity;
import dev.ondine.model.InvalidResourceException;
import dev.ondine.model.Listener;
import dev.ondine.model.RouteConfiguration;
import dev.ondine.model.TrustBundles;

/**
 * Reads resources that a control plane, ours or another, sent.
 *
 * <p>Fields that we do not know are skipped, as protobuf demands, with one exception: those that
 * would change which requests go where, such as a match condition, make the resource invalid. To
 * ignore them would send requests to the wrong place; to refuse them keeps the last good resource
 * and tells the control plane why.
 *
 * <p>Every method throws {@link InvalidResourceException} with the path of the bad field.
 */
public final class Decoder {
  private Decoder() {}

  /** A resource of this type, of the record {@link ResourceType#model()}. */
  public static Object decode(ResourceType type, ByteString body) {
    return switch (type) {
      case SECRET -> secret(body);
      case INBOUND -> inbound(body);
      case CLUSTER -> cluster(body);
      case ENDPOINTS -> endpoints(body);
      case LISTENER -> listener(body);
      case ROUTES -> routes(body);
    };
  }

  /** From a {@code extensions.transport_sockets.tls.v3.Secret}. */
  public static TrustBundles secret(ByteString body) {
    return WireReader.read(body, SecretDecoder::read);
  }

  /** From an {@code ondine.v1.InboundSettings}. */
  public static InboundSecurity inbound(ByteString body) {
    return WireReader.read(body, InboundDecoder::read);
  }

  /** From a {@code config.listener.v3.Listener}. */
  public static Listener listener(ByteString body) {
    return WireReader.read(body, ListenerDecoder::read);
  }

  /** From a {@code config.route.v3.RouteConfiguration}. */
  public static RouteConfiguration routes(ByteString body) {
    return WireReader.read(body, RouteDecoder::read);
  }

  /** From a {@code config.cluster.v3.Cluster}. */
  public static Cluster cluster(ByteString body) {
    return WireReader.read(body, ClusterDecoder::read);
  }

  /** From a {@code config.endpoint.v3.ClusterLoadAssignment}. */
  public static ClusterEndpoints endpoints(ByteString body) {
    return WireReader.read(body, EndpointsDecoder::read);
  }
}
