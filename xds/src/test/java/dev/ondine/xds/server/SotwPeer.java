package dev.ondine.xds.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.ondine.xds.codec.ResourceType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.List;

/** A state-of-the-world client made of Envoy's API classes. */
final class SotwPeer {
  private final Received<DiscoveryResponse> received = new Received<>();
  private final StreamObserver<DiscoveryRequest> requests;
  private boolean introduced;
  private int fences;

  SotwPeer(ManagedChannel channel) {
    requests = AggregatedDiscoveryServiceGrpc.newStub(channel).streamAggregatedResources(received);
  }

  private void send(DiscoveryRequest.Builder request) {
    if (!introduced) {
      introduced = true;
      request.setNode(
          Node.newBuilder().setId("foreign").setCluster("web").setUserAgentName("gRPC Java"));
    }
    requests.onNext(request.build());
  }

  /** Asks for the first time on this stream. */
  SotwPeer want(ResourceType type, String... names) {
    send(DiscoveryRequest.newBuilder().setTypeUrl(type.url()).addAllResourceNames(List.of(names)));
    return this;
  }

  /** Accepts a response and names what is wanted now. */
  void ack(DiscoveryResponse response, String... names) {
    send(
        DiscoveryRequest.newBuilder()
            .setTypeUrl(response.getTypeUrl())
            .setVersionInfo(response.getVersionInfo())
            .setResponseNonce(response.getNonce())
            .addAllResourceNames(List.of(names)));
  }

  void nack(DiscoveryResponse response, String reason, String... names) {
    send(
        DiscoveryRequest.newBuilder()
            .setTypeUrl(response.getTypeUrl())
            .setResponseNonce(response.getNonce())
            .setErrorDetail(com.google.rpc.Status.newBuilder().setMessage(reason))
            .addAllResourceNames(List.of(names)));
  }

  /** The next response must be of this type and hold exactly these resources. */
  DiscoveryResponse nextHolds(ResourceType type, String... names) throws InterruptedException {
    var response = received.next();
    assertThat(response.getTypeUrl()).isEqualTo(type.url());
    assertThat(response.getResourcesList())
        .extracting(SotwPeer::name)
        .containsExactlyInAnyOrder(names);
    return response;
  }

  /**
   * Nothing is under way: the next thing to come is the answer to a question asked now. Uses the
   * listener type, which a test that calls this must not use.
   */
  void nothingComes() throws InterruptedException {
    // The first is answered with nothing; later ones would be no news, so each fence is new.
    send(
        DiscoveryRequest.newBuilder()
            .setTypeUrl(ResourceType.LISTENER.url())
            .addResourceNames("fence-" + fences++));
    nextHolds(ResourceType.LISTENER);
  }

  private static String name(Any any) {
    try {
      if (any.is(Cluster.class)) {
        return any.unpack(Cluster.class).getName();
      } else if (any.is(ClusterLoadAssignment.class)) {
        return any.unpack(ClusterLoadAssignment.class).getClusterName();
      } else if (any.is(Listener.class)) {
        return any.unpack(Listener.class).getName();
      }
      return any.unpack(RouteConfiguration.class).getName();
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }
}
