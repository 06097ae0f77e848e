package dev.ondine.xds.codec;

/**
 * What our resources say beyond Envoy's schema, as {@code filter_metadata["dev.ondine"]}. Foreign
 * clients skip it; resources of foreign control planes lack it.
 */
public final class OndineMetadata {
  /** The key of the filter metadata. */
  public static final String KEY = "dev.ondine";

  /** Listener: the service's name. */
  public static final String SERVICE = "service";

  /** Listener: the service's namespace. */
  public static final String NAMESPACE = "namespace";

  /** Listener: the service port. */
  public static final String PORT = "port";

  /** Listener and cluster: what the port speaks. */
  public static final String PROTOCOL = "protocol";

  /** Listener: the service's virtual IP. */
  public static final String VIRTUAL_IP = "virtual_ip";

  /** Endpoint: the instance's name. */
  public static final String WORKLOAD = "workload";

  /** Endpoint: whether a sidecar of ours stands before it. */
  public static final String SIDECAR = "sidecar";

  /** Route: how many bytes a request's body may have. */
  public static final String MAX_REQUEST_BODY = "max_request_body_bytes";

  private OndineMetadata() {}
}
