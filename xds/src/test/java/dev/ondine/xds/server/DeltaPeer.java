package dev.ondine.xds.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.xds.codec.ResourceType;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;

/** A delta client made of Envoy's API classes: says exactly what a test tells it to. */
final class DeltaPeer {
  private static final String FENCE = "fence-that-does-not-exist";

  private final Received<DeltaDiscoveryResponse> received = new Received<>();
  private final StreamObserver<DeltaDiscoveryRequest> requests;
  private final String userAgent;
  private boolean introduced;
  private int fences;

  DeltaPeer(ManagedChannel channel, String userAgent) {
    this.userAgent = userAgent;
    requests = AggregatedDiscoveryServiceGrpc.newStub(channel).deltaAggregatedResources(received);
  }

  DeltaPeer send(DeltaDiscoveryRequest.Builder request) {
    if (!introduced) {
      introduced = true;
      request.setNode(
          Node.newBuilder().setId("web-0.default").setCluster("web").setUserAgentName(userAgent));
    }
    requests.onNext(request.build());
    return this;
  }

  /** Sends a request as it is, without a node. */
  void sendBare(DeltaDiscoveryRequest request) {
    requests.onNext(request);
  }

  DeltaPeer subscribe(ResourceType type, String... names) {
    return send(request(type).addAllResourceNamesSubscribe(List.of(names)));
  }

  DeltaPeer unsubscribe(ResourceType type, String... names) {
    return send(request(type).addAllResourceNamesUnsubscribe(List.of(names)));
  }

  /** Subscribes as the first request of a reconnected client does. */
  DeltaPeer resume(ResourceType type, Map<String, String> versions, String... names) {
    return send(
        request(type)
            .putAllInitialResourceVersions(versions)
            .addAllResourceNamesSubscribe(List.of(names)));
  }

  void ack(DeltaDiscoveryResponse response) {
    send(
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(response.getTypeUrl())
            .setResponseNonce(response.getNonce()));
  }

  void nack(DeltaDiscoveryResponse response, String reason) {
    send(
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(response.getTypeUrl())
            .setResponseNonce(response.getNonce())
            .setErrorDetail(com.google.rpc.Status.newBuilder().setMessage(reason)));
  }

  static DeltaDiscoveryRequest.Builder request(ResourceType type) {
    return DeltaDiscoveryRequest.newBuilder().setTypeUrl(type.url());
  }

  DeltaDiscoveryResponse next() throws InterruptedException {
    return received.next();
  }

  /** The next response, which must be of this type. */
  DeltaDiscoveryResponse next(ResourceType type) throws InterruptedException {
    var response = next();
    assertThat(response.getTypeUrl()).isEqualTo(type.url());
    return response;
  }

  /** The next response must give these resources and nothing else. */
  DeltaDiscoveryResponse nextGives(ResourceType type, String... names) throws InterruptedException {
    var response = next(type);
    assertThat(response.getResourcesList())
        .extracting(Resource::getName)
        .containsExactlyInAnyOrder(names);
    assertThat(response.getRemovedResourcesList()).isEmpty();
    return response;
  }

  /** The next response must remove these names and nothing else. */
  DeltaDiscoveryResponse nextRemoves(ResourceType type, String... names)
      throws InterruptedException {
    var response = next(type);
    assertThat(response.getRemovedResourcesList()).containsExactlyInAnyOrder(names);
    assertThat(response.getResourcesList()).isEmpty();
    return response;
  }

  /** Nothing is under way: the next thing to come is the answer to a question asked now. */
  void nothingComes() throws InterruptedException {
    var name = FENCE + fences++;
    subscribe(ResourceType.ROUTES, name);
    nextRemoves(ResourceType.ROUTES, name);
    unsubscribe(ResourceType.ROUTES, name);
  }

  Status end() throws InterruptedException {
    return received.end();
  }

  void close() {
    requests.onCompleted();
  }

  void abort() {
    requests.onError(Status.CANCELLED.asRuntimeException());
  }
}
