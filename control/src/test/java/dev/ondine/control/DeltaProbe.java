package dev.ondine.control;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.rpc.Status;
import dev.ondine.xds.codec.ResourceType;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/** A delta xDS client that accepts what it is not told to refuse, and remembers what it holds. */
final class DeltaProbe implements StreamObserver<DeltaDiscoveryResponse> {
  private final Map<String, Resource> held = new ConcurrentHashMap<>();
  private final Set<String> absent = ConcurrentHashMap.newKeySet();
  private final Map<String, String> errors = new ConcurrentHashMap<>();
  private final List<String> order = Collections.synchronizedList(new ArrayList<>());
  private final Map<String, String> refusals = new ConcurrentHashMap<>();
  private final StreamObserver<DeltaDiscoveryRequest> requests;
  private final Node node;
  private volatile boolean ended;

  DeltaProbe(ManagedChannel channel, String instance, String service, String namespace) {
    var metadata =
        Struct.newBuilder()
            .putFields("NAMESPACE", Value.newBuilder().setStringValue(namespace).build());
    node =
        Node.newBuilder()
            .setId(instance + "." + namespace)
            .setCluster(service)
            .setMetadata(metadata)
            .setUserAgentName("ondine")
            .build();
    requests = AggregatedDiscoveryServiceGrpc.newStub(channel).deltaAggregatedResources(this);
  }

  /** Subscribes to all four resources of the name, as a sidecar does. */
  void demand(String name) {
    for (var type : ResourceType.OF_A_SERVICE) {
      send(request(type).addResourceNamesSubscribe(name));
    }
  }

  /** Refuses whatever comes next of this type, for this reason. */
  void refuse(ResourceType type, String reason) {
    refusals.put(type.url(), reason);
  }

  void end() {
    requests.onCompleted();
  }

  /** Waits until the resource is held and is as wanted. */
  Resource awaitHeld(ResourceType type, String name, Predicate<Resource> wanted) {
    await(type + " " + name)
        .atMost(10, SECONDS)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(2))
        .until(() -> Optional.ofNullable(held.get(key(type, name))).filter(wanted).isPresent());
    var resource = held.get(key(type, name));
    if (resource == null) {
      throw new AssertionError(name + " was taken away");
    }
    return resource;
  }

  void awaitAbsent(ResourceType type, String name) {
    await(type + " " + name + " absent")
        .atMost(10, SECONDS)
        .until(() -> absent.contains(key(type, name)));
  }

  String awaitError(String name) {
    await(name + " refused").atMost(10, SECONDS).until(() -> errors.containsKey(name));
    return errors.getOrDefault(name, "");
  }

  void awaitEnd() {
    await("the stream's end").atMost(10, SECONDS).until(() -> ended);
  }

  /** The types in the order in which responses came. */
  List<String> order() {
    return List.copyOf(order);
  }

  @Override
  public void onNext(DeltaDiscoveryResponse response) {
    order.add(response.getTypeUrl());
    for (var resource : response.getResourcesList()) {
      names(resource)
          .forEach(
              name -> {
                absent.remove(response.getTypeUrl() + " " + name);
                held.put(response.getTypeUrl() + " " + name, resource);
              });
    }
    for (var name : response.getRemovedResourcesList()) {
      held.remove(response.getTypeUrl() + " " + name);
      absent.add(response.getTypeUrl() + " " + name);
    }
    response
        .getResourceErrorsList()
        .forEach(e -> errors.put(e.getResourceName().getName(), e.getErrorDetail().getMessage()));
    var answer =
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(response.getTypeUrl())
            .setResponseNonce(response.getNonce());
    var refusal = refusals.get(response.getTypeUrl());
    if (refusal != null) {
      answer.setErrorDetail(Status.newBuilder().setCode(3).setMessage(refusal));
    }
    send(answer);
  }

  @Override
  public void onError(Throwable cause) {
    ended = true;
  }

  @Override
  public void onCompleted() {
    ended = true;
  }

  private DeltaDiscoveryRequest.Builder request(ResourceType type) {
    return DeltaDiscoveryRequest.newBuilder().setNode(node).setTypeUrl(type.url());
  }

  private synchronized void send(DeltaDiscoveryRequest.Builder request) {
    requests.onNext(request.build());
  }

  private static List<String> names(Resource resource) {
    var names = new ArrayList<>(resource.getAliasesList());
    names.add(resource.getName());
    return names;
  }

  private static String key(ResourceType type, String name) {
    return type.url() + " " + name;
  }
}
