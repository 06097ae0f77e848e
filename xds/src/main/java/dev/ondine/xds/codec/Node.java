package dev.ondine.xds.codec;

import static java.util.Objects.requireNonNull;

import dev.ondine.model.Locality;
import java.util.Map;
import java.util.Set;

/**
 * Who is at the subscribing end of a stream. Envoy's {@code config.core.v3.Node}.
 *
 * @param id unique in the mesh; sidecars send {@code INSTANCE.NAMESPACE}
 * @param cluster the service that the node is an instance of
 * @param metadata the node's top-level string, number and boolean metadata, as text
 * @param userAgent which program asks: {@code ondine}, {@code envoy}, {@code gRPC Java} …
 * @param clientFeatures what it says it can do, {@code envoy.lrs.supports_send_all_clusters} …
 */
public record Node(
    String id,
    String cluster,
    Map<String, String> metadata,
    Locality locality,
    String userAgent,
    String userAgentVersion,
    Set<String> clientFeatures) {

  /** The {@link #userAgent()} of our own sidecars. */
  public static final String ONDINE = "ondine";

  public Node {
    metadata = Map.copyOf(metadata);
    requireNonNull(locality, "locality");
    clientFeatures = Set.copyOf(clientFeatures);
  }

  /** One of our sidecars, which understands {@code resource_errors}. */
  public boolean isOndine() {
    return userAgent.equals(ONDINE);
  }

  /** The namespace relative to which the node's names are read: its metadata {@code NAMESPACE}. */
  public String namespace() {
    return metadata.getOrDefault("NAMESPACE", "default");
  }
}
