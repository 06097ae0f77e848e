package dev.ondine.proxy.http;

import dev.ondine.model.AppProtocol;
import dev.ondine.model.Bundle;
import dev.ondine.model.DemandKey;
import dev.ondine.model.Endpoint;
import dev.ondine.model.Identity;
import dev.ondine.model.Route;
import org.jspecify.annotations.Nullable;

/**
 * What has been found out and decided about one exchange, or one relayed connection: written by the
 * layers, read by access log and metrics at the end. Confined to the exchange's loop; times are
 * those of the loop's ticker.
 */
public final class StreamInfo {
  /** The {@link #grpcStatus} of an answer without one. */
  public static final int NO_GRPC_STATUS = -1;

  private final long startedNanos;
  private long discoveryWaitNanos;
  private long responseNanos;
  private long endedNanos;
  private long bytesReceived;
  private long bytesSent;
  private int status;
  private int grpcStatus = NO_GRPC_STATUS;
  private int tries;
  private @Nullable DemandKey demand;
  private @Nullable Bundle bundle;
  private @Nullable Route route;
  private String serverName = "";
  private String cluster = "";
  private AppProtocol endpointSpeaks = AppProtocol.AUTO;
  private @Nullable Endpoint endpoint;
  private @Nullable Identity answeredBy;
  private @Nullable Reason reason;
  private String detail = "";
  private boolean brokenOff;

  /** For an exchange that begins now. */
  public StreamInfo(long startedNanos) {
    this.startedNanos = startedNanos;
  }

  /** When the head was complete. */
  public long startedNanos() {
    return startedNanos;
  }

  /** The name that was demanded; null before discovery and for outside names. */
  public @Nullable DemandKey demand() {
    return demand;
  }

  /** Discovery says which name was demanded. */
  public void demanded(DemandKey key) {
    demand = key;
  }

  /** The server name that a relayed TLS connection asks for; empty where none is known. */
  public String serverName() {
    return serverName;
  }

  /** Detection says which server a TLS connection asks for. */
  public void named(String serverName) {
    this.serverName = serverName;
  }

  /** How long the exchange waited for discovery. */
  public long discoveryWaitNanos() {
    return discoveryWaitNanos;
  }

  /** Discovery says how long the exchange waited. */
  public void waitedForDiscovery(long nanos) {
    discoveryWaitNanos = nanos;
  }

  /**
   * The bundle that the exchange is served from, pinned for its life; null when the name is not of
   * the mesh, and the request passes through to where the caller meant to go.
   */
  public @Nullable Bundle bundle() {
    return bundle;
  }

  /** Discovery says what the exchange is served from. */
  public void pinned(Bundle bundle) {
    this.bundle = bundle;
  }

  /** The matched route; null before matching, for TCP services and for outside names. */
  public @Nullable Route route() {
    return route;
  }

  /** The chosen cluster; empty before. */
  public String cluster() {
    return cluster;
  }

  /** Routing says what it chose. */
  public void routed(@Nullable Route route, String cluster) {
    this.route = route;
    this.cluster = cluster;
  }

  /** The chosen cluster with its endpoints, from the pinned bundle; null outside the mesh. */
  public Bundle.@Nullable Target target() {
    return bundle == null ? null : bundle.clusters().get(cluster);
  }

  /** The endpoint of the last try; null before. */
  public @Nullable Endpoint endpoint() {
    return endpoint;
  }

  /** Who the endpoint of the last try has proven to be; null: nobody, or not yet. */
  public @Nullable Identity answersAs() {
    return answeredBy;
  }

  /** A connection says who is at its other end. */
  public void answersAs(Identity identity) {
    answeredBy = identity;
  }

  /** How often the request was given to an endpoint. */
  public int tries() {
    return tries;
  }

  /** Balancing says which endpoint takes the next try. */
  public void trying(Endpoint endpoint) {
    this.endpoint = endpoint;
    answeredBy = null;
    tries++;
  }

  /** The same, where no cluster says what the endpoint speaks. */
  public void trying(Endpoint endpoint, AppProtocol speaks) {
    trying(endpoint);
    this.endpointSpeaks = speaks;
  }

  /** What the endpoint speaks where no cluster says so; AUTO: not known. */
  public AppProtocol endpointSpeaks() {
    return endpointSpeaks;
  }

  /** Why the mesh itself answered or broke off; null when an endpoint's answer went through. */
  public @Nullable Reason reason() {
    return reason;
  }

  /** A line for the log that goes with the reason. */
  public String detail() {
    return detail;
  }

  /** The answer is the mesh's own. */
  public void replied(LocalReply reply) {
    reason = reply.reason();
    detail = reply.detail();
  }

  /** The exchange breaks off after its answer began; or a connection is refused or broken off. */
  public void brokeOff(Failure failure) {
    if (!brokenOff) { // what follows from it is no reason
      brokenOff = true;
      reason = failure.reason();
      detail = failure.detail();
    }
  }

  /** The status that the client saw; 0 when none was sent. */
  public int status() {
    return status;
  }

  /** The status of a gRPC call, from trailers or a head without body; 0 is success. */
  public int grpcStatus() {
    return grpcStatus;
  }

  /** The answer says how the gRPC call ended. */
  public void grpcEnded(int status) {
    grpcStatus = status;
  }

  /** When the answer's head was there. */
  public long responseNanos() {
    return responseNanos;
  }

  /** The answer begins. */
  public void responding(int status, long nowNanos) {
    this.status = status;
    this.responseNanos = nowNanos;
  }

  /** Bytes of the request's body that came in. */
  public long bytesReceived() {
    return bytesReceived;
  }

  /** Counts bytes of the request's body. */
  public void received(long bytes) {
    bytesReceived += bytes;
  }

  /** Bytes of the answer's body that went out. */
  public long bytesSent() {
    return bytesSent;
  }

  /** Counts bytes of the answer's body. */
  public void sent(long bytes) {
    bytesSent += bytes;
  }

  /** When it was over. */
  public long endedNanos() {
    return endedNanos;
  }

  /** It is over. */
  public void ended(long nowNanos) {
    endedNanos = nowNanos;
  }
}
