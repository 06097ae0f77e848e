package dev.ondine.xds.server;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.base.time.Mailbox;
import dev.ondine.base.time.Ticker;
import dev.ondine.xds.server.AdsStream.Dialect;
import dev.ondine.xds.server.StreamSnapshot.Protocol;
import dev.ondine.xds.transport.CallPeer;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.ServerInterceptors;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The serving end of aggregated xDS, delta and state-of-the-world: sends each stream what it
 * subscribed to, and each change only to the streams that it concerns.
 */
public final class AdsServer {
  private static final Status STOPPING =
      Status.UNAVAILABLE.withDescription("the control plane is stopping");

  private final ResourceSource source;
  private final AdsSettings settings;
  private final InstantSource clock;
  private final AdsMetrics metrics;
  private final NodeCheck nodes;
  private final DependencyIndex index = new DependencyIndex();
  private final Map<Long, AdsStream<?, ?>> streams = new ConcurrentHashMap<>();
  private final AtomicLong streamIds = new AtomicLong();
  private volatile boolean stopped;

  /** A server that believes each node to be who it says. */
  public AdsServer(
      ResourceSource source, AdsSettings settings, InstantSource clock, Metrics metrics) {
    this(source, settings, clock, metrics, NodeCheck.NONE);
  }

  /** A server that closes the streams of nodes that are refused with PERMISSION_DENIED. */
  public AdsServer(
      ResourceSource source,
      AdsSettings settings,
      InstantSource clock,
      Metrics metrics,
      NodeCheck nodes) {
    this.nodes = nodes;
    this.source = source;
    this.settings = settings;
    this.clock = clock;
    this.metrics = new AdsMetrics(metrics);
  }

  /** The gRPC service, to be added to a server as it is. */
  public ServerServiceDefinition service() {
    return ServerInterceptors.intercept(new Service(), new Peers());
  }

  /**
   * Tells that what depends on these keys may be different now. Call it after the new world was
   * published; it returns without waiting for any stream.
   */
  public void changed(Set<String> dependencies) {
    index.changed(dependencies);
  }

  /** The open streams, oldest first. Waits until each has finished what it is doing. */
  public List<StreamSnapshot> streams() throws InterruptedException {
    var snapshots = new ArrayList<StreamSnapshot>();
    for (var stream : streams.values()) {
      stream.snapshot().ifPresent(snapshots::add);
    }
    snapshots.sort(Comparator.comparingLong(StreamSnapshot::id));
    return snapshots;
  }

  /** Ends all streams, so that clients go elsewhere, and takes no more. */
  public void stop() {
    stopped = true;
    streams.values().forEach(stream -> stream.close(STOPPING));
  }

  private <Q, R> StreamObserver<Q> open(Dialect<Q, R> dialect, StreamObserver<R> observer) {
    var call = (ServerCallStreamObserver<R>) observer;
    if (streams.size() >= settings.maxStreams()) {
      metrics.refused();
      call.onError(
          Status.RESOURCE_EXHAUSTED
              .withDescription("all " + settings.maxStreams() + " xDS streams are taken")
              .asRuntimeException());
      return new Refused<>();
    }
    var id = streamIds.incrementAndGet();
    var mailbox = Mailbox.start("xds-" + id, AdsStream.MAILBOX_CAPACITY, Ticker.system());
    var peer = CallPeer.current();
    var stream =
        new AdsStream<>(
            id,
            dialect,
            call,
            Peers.current(),
            node -> nodes.refusal(node, peer),
            clock.instant(),
            mailbox,
            () -> ended(id, dialect));
    metrics.opened(dialect.protocol());
    streams.put(id, stream);
    stream.open();
    if (stopped) {
      stream.close(STOPPING); // it may have come between the mark and the round of goodbyes
    }
    return stream;
  }

  private void ended(long id, Dialect<?, ?> dialect) {
    streams.remove(id);
    metrics.closed(dialect.protocol());
  }

  private final class Service
      extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase {
    @Override
    public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
        StreamObserver<DeltaDiscoveryResponse> responses) {
      return AdsServer.this.open(
          new Dialect<>(
              Protocol.DELTA,
              request ->
                  request.hasNode()
                      ? Optional.of(NodeReader.read(request.getNode()))
                      : Optional.empty(),
              (node, stream) ->
                  new DeltaProtocol(new Lookups(source, index, stream, node), settings, metrics)),
          responses);
    }

    @Override
    public StreamObserver<DiscoveryRequest> streamAggregatedResources(
        StreamObserver<DiscoveryResponse> responses) {
      return AdsServer.this.open(
          new Dialect<>(
              Protocol.STATE_OF_THE_WORLD,
              request ->
                  request.hasNode()
                      ? Optional.of(NodeReader.read(request.getNode()))
                      : Optional.empty(),
              (node, stream) ->
                  new SotwProtocol(new Lookups(source, index, stream, node), settings, metrics)),
          responses);
    }
  }

  /** Ignores a stream that was refused. */
  private static final class Refused<Q> implements StreamObserver<Q> {
    @Override
    public void onNext(Q request) {}

    @Override
    public void onError(Throwable cause) {}

    @Override
    public void onCompleted() {}
  }
}
