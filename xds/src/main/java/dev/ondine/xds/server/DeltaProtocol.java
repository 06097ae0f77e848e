package dev.ondine.xds.server;

import com.google.rpc.Code;
import dev.ondine.xds.codec.ResourceType;
import dev.ondine.xds.server.SentResponses.Given;
import dev.ondine.xds.server.StreamSnapshot.Status;
import dev.ondine.xds.server.StreamSnapshot.TypeSnapshot;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.envoyproxy.envoy.service.discovery.v3.ResourceError;
import io.envoyproxy.envoy.service.discovery.v3.ResourceName;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Delta ADS, see docs/design/xds.md. */
final class DeltaProtocol implements StreamProtocol<DeltaDiscoveryRequest, DeltaDiscoveryResponse> {
  /** What is used goes after what uses it. */
  private static final List<ResourceType> REMOVAL_ORDER =
      List.of(
          ResourceType.LISTENER,
          ResourceType.ROUTES,
          ResourceType.CLUSTER,
          ResourceType.ENDPOINTS,
          ResourceType.SECRET,
          ResourceType.INBOUND);

  private final Lookups lookups;
  private final AdsSettings settings;
  private final AdsMetrics metrics;
  private final Map<ResourceType, DeltaType> types = new EnumMap<>(ResourceType.class);
  private final UnknownTypes unknown;
  private long responses;

  DeltaProtocol(Lookups lookups, AdsSettings settings, AdsMetrics metrics) {
    this.lookups = lookups;
    this.settings = settings;
    this.metrics = metrics;
    this.unknown = new UnknownTypes(settings.maxSubscriptions());
  }

  @Override
  public void request(DeltaDiscoveryRequest request) {
    var type = ResourceType.ofUrl(request.getTypeUrl()).orElse(null);
    if (type == null) {
      unknown.request(request);
      return;
    }
    var state =
        types.computeIfAbsent(type, _ -> new DeltaType(type, lookups, settings.maxSubscriptions()));
    var nonce = request.getResponseNonce();
    if (request.hasErrorDetail()) {
      metrics.nack(type);
      state.responses.rejected(nonce, request.getErrorDetail().getMessage());
    } else if (!nonce.isEmpty()) {
      metrics.ack(type);
      state.responses.accepted(nonce);
    }
    // Whatever the nonce: unlike in state-of-the-world, a stale one takes nothing from the request.
    state.request(request);
  }

  @Override
  public void changed(Set<String> dependencies) {
    for (var subscription : lookups.concerned(dependencies)) {
      state(subscription.type).look(subscription);
    }
    types.values().forEach(DeltaType::refreshWildcard);
  }

  private DeltaType state(ResourceType type) {
    var state = types.get(type);
    if (state == null) {
      throw new IllegalStateException("a subscription of a type that was never opened: " + type);
    }
    return state;
  }

  @Override
  public @Nullable DeltaDiscoveryResponse next() {
    // Make before break: first what is new or changed, clusters before what refers to them, ...
    for (var state : types.values()) { // an EnumMap: in the order of ResourceType
      var response = additions(state);
      if (response != null) {
        return response;
      }
    }
    // ... and when all of that is out, what is gone.
    for (var type : REMOVAL_ORDER) {
      var state = types.get(type);
      if (state != null && !(state.removals.isEmpty() && state.denials.isEmpty())) {
        return removals(state);
      }
    }
    return unknown.next(this::nextNonce);
  }

  private @Nullable DeltaDiscoveryResponse additions(DeltaType state) {
    // By the resource's own name: it may answer several subscriptions, and the same name twice in
    // one response is an error.
    var resources = new LinkedHashMap<String, Resource.Builder>();
    var given = new ArrayList<Given>();
    var bytes = 0;
    while (bytes < settings.responseBytes()) {
      var subscription = state.takeDirty();
      if (subscription == null) {
        state.looked();
        break;
      }
      switch (lookups.lookup(subscription)) {
        case Answer.Found(var resource, _) -> {
          if (offer(state, subscription, resource)) {
            bytes += resource.body().getSerializedSize();
            given.add(new Given(subscription, resource.version()));
            add(resources, subscription, resource);
          }
        }
        case Answer.NotFound _ -> refuse(state, subscription, Status.ABSENT, "");
        case Answer.Denied(var reason, _) -> refuse(state, subscription, Status.DENIED, reason);
      }
    }
    if (resources.isEmpty() && !state.answerDue) {
      return null;
    }
    state.answerDue = false;
    var response = response(state.type);
    resources.values().forEach(response::addResources);
    state.responses.sent(response.getNonce(), given);
    return response.build();
  }

  /** Returns whether the resource must be sent; the subscription says so afterwards. */
  private boolean offer(DeltaType state, Subscription subscription, EncodedResource resource) {
    state.removals.remove(subscription.name);
    state.denials.remove(subscription.name);
    var version = resource.version();
    if (!subscription.resend) {
      if (subscription.has(version)) {
        return false;
      }
      if (version.equals(state.initialVersion(resource.name()))) {
        subscription.sent(version);
        subscription.acked = version;
        return false;
      }
    }
    subscription.sent(version);
    if (state.type == ResourceType.CLUSTER && !lookups.node().isOndine()) {
      // Envoy holds an updated cluster back until its endpoints come again, changed or not.
      var endpoints = types.get(ResourceType.ENDPOINTS);
      if (endpoints != null) {
        endpoints.resend(resource.name());
      }
    }
    return true;
  }

  private static void add(
      Map<String, Resource.Builder> resources,
      Subscription subscription,
      EncodedResource resource) {
    var wire =
        resources.computeIfAbsent(
            resource.name(),
            name ->
                Resource.newBuilder()
                    .setName(name)
                    .setVersion(resource.version())
                    .addAllAliases(resource.aliases())
                    .setResource(resource.body()));
    var asked = subscription.name;
    if (!asked.equals(resource.name()) && !wire.getAliasesList().contains(asked)) {
      wire.addAliases(asked);
    }
  }

  private void refuse(DeltaType state, Subscription subscription, Status how, String reason) {
    var name = subscription.name;
    if (subscription.status == how && !subscription.resend) {
      return;
    }
    subscription.refused(how);
    state.gone(subscription);
    if (how == Status.DENIED && lookups.node().isOndine()) {
      state.removals.remove(name);
      state.denials.put(name, reason);
    } else {
      state.denials.remove(name);
      state.removals.add(name);
    }
  }

  private DeltaDiscoveryResponse removals(DeltaType state) {
    var response = response(state.type);
    var bytes = 0;
    for (var names = state.removals.iterator();
        names.hasNext() && bytes < settings.responseBytes(); ) {
      var name = names.next();
      names.remove();
      bytes += name.length();
      response.addRemovedResources(name);
    }
    for (var denials = state.denials.entrySet().iterator();
        denials.hasNext() && bytes < settings.responseBytes(); ) {
      var denial = denials.next();
      denials.remove();
      bytes += denial.getKey().length() + denial.getValue().length();
      response.addResourceErrors(
          ResourceError.newBuilder()
              .setResourceName(ResourceName.newBuilder().setName(denial.getKey()))
              .setErrorDetail(
                  com.google.rpc.Status.newBuilder()
                      .setCode(Code.PERMISSION_DENIED_VALUE)
                      .setMessage(denial.getValue())));
    }
    state.responses.sent(response.getNonce(), List.of());
    return response.build();
  }

  private DeltaDiscoveryResponse.Builder response(ResourceType type) {
    metrics.response(type);
    return DeltaDiscoveryResponse.newBuilder().setTypeUrl(type.url()).setNonce(nextNonce());
  }

  private String nextNonce() {
    return Long.toString(++responses);
  }

  @Override
  public void close() {
    lookups.close();
  }

  @Override
  public Map<ResourceType, TypeSnapshot> snapshot() {
    var snapshot = new EnumMap<ResourceType, TypeSnapshot>(ResourceType.class);
    types.forEach((type, state) -> snapshot.put(type, state.snapshot()));
    return snapshot;
  }
}
