package dev.ondine.xds.server;

import com.google.protobuf.Any;
import dev.ondine.xds.codec.ResourceType;
import dev.ondine.xds.server.SentResponses.Given;
import dev.ondine.xds.server.StreamSnapshot.Status;
import dev.ondine.xds.server.StreamSnapshot.TypeSnapshot;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** State-of-the-world ADS, for foreign clients; see docs/design/xds.md. */
final class SotwProtocol implements StreamProtocol<DiscoveryRequest, DiscoveryResponse> {
  private final Lookups lookups;
  private final AdsSettings settings;
  private final AdsMetrics metrics;
  private final Map<ResourceType, SotwType> types = new EnumMap<>(ResourceType.class);
  private long responses;

  SotwProtocol(Lookups lookups, AdsSettings settings, AdsMetrics metrics) {
    this.lookups = lookups;
    this.settings = settings;
    this.metrics = metrics;
  }

  @Override
  public void request(DiscoveryRequest request) {
    var type = ResourceType.ofUrl(request.getTypeUrl()).orElse(null);
    if (type == null) {
      return; // this protocol cannot say that there is nothing of a type
    }
    var state =
        types.computeIfAbsent(type, _ -> new SotwType(type, lookups, settings.maxSubscriptions()));
    var nonce = request.getResponseNonce();
    if (!nonce.isEmpty() && !nonce.equals(state.nonce)) {
      // Outdated. The client will answer the newest response with the names that it wants by then.
      return;
    }
    if (request.hasErrorDetail()) {
      metrics.nack(type);
      state.responses.rejected(nonce, request.getErrorDetail().getMessage());
    } else if (!nonce.isEmpty()) {
      metrics.ack(type);
      state.responses.accepted(nonce);
    }
    state.request(request);
  }

  @Override
  public void changed(Set<String> dependencies) {
    for (var subscription : lookups.concerned(dependencies)) {
      var state = types.get(subscription.type);
      if (state != null) {
        state.look(subscription);
      }
    }
    types.values().forEach(SotwType::refreshWildcard);
  }

  @Override
  public @Nullable DiscoveryResponse next() {
    for (var state : types.values()) { // an EnumMap: in the order of ResourceType
      var response = state.isFullState() ? everything(state) : changes(state);
      if (response != null) {
        return response;
      }
    }
    return null;
  }

  /** All resources of a type, if one of them changed. */
  private @Nullable DiscoveryResponse everything(SotwType state) {
    var due = state.answerDue;
    for (var subscription = state.takeDirty();
        subscription != null;
        subscription = state.takeDirty()) {
      due |= look(subscription);
    }
    if (!due) {
      return null;
    }
    state.answerDue = false;
    var bodies = new LinkedHashMap<String, Any>();
    var given = new ArrayList<Given>();
    for (var subscription : state.subscriptions()) {
      var current = subscription.current;
      if (current == null) {
        subscription.refused(Status.ABSENT);
      } else {
        if (!subscription.has(current.version())) {
          endpointsAgain(state, current.name());
        }
        subscription.sent(current.version());
        given.add(new Given(subscription, current.version()));
        bodies.put(current.name(), current.body());
      }
    }
    return response(state, bodies, given);
  }

  /** Those resources of a type that changed. */
  private @Nullable DiscoveryResponse changes(SotwType state) {
    var bodies = new LinkedHashMap<String, Any>();
    var given = new ArrayList<Given>();
    var bytes = 0;
    while (bytes < settings.responseBytes()) {
      var subscription = state.takeDirty();
      if (subscription == null) {
        break;
      }
      var due = look(subscription);
      var current = subscription.current;
      if (current == null) {
        subscription.refused(Status.ABSENT);
      } else if (due) {
        subscription.sent(current.version());
        given.add(new Given(subscription, current.version()));
        bodies.put(current.name(), current.body());
        bytes += current.body().getSerializedSize();
        subscription.current = null; // nothing will ask for it again
      }
    }
    return bodies.isEmpty() ? null : response(state, bodies, given);
  }

  /** Fetches what a subscription should have; returns whether the client must be told. */
  private boolean look(Subscription subscription) {
    return switch (lookups.lookup(subscription)) {
      case Answer.Found(var resource, _) -> {
        subscription.current = resource;
        yield subscription.resend || !subscription.has(resource.version());
      }
      case Answer.NotFound _, Answer.Denied _ -> {
        subscription.current = null;
        yield subscription.resend || subscription.status != Status.ABSENT;
      }
    };
  }

  /** Envoy holds an updated cluster back until its endpoints come again, changed or not. */
  private void endpointsAgain(SotwType state, String cluster) {
    var endpoints = types.get(ResourceType.ENDPOINTS);
    if (state.type == ResourceType.CLUSTER && endpoints != null) {
      endpoints.resend(cluster);
    }
  }

  private DiscoveryResponse response(SotwType state, Map<String, Any> bodies, List<Given> given) {
    metrics.response(state.type);
    state.nonce = Long.toString(++responses);
    state.responses.sent(state.nonce, given);
    return DiscoveryResponse.newBuilder()
        .setTypeUrl(state.type.url())
        .setNonce(state.nonce)
        .setVersionInfo(version(state))
        .addAllResources(bodies.values())
        .build();
  }

  /** Of everything of the type that the client then has. */
  private static String version(SotwType state) {
    var content = new StringBuilder();
    state.subscriptions().stream()
        .filter(subscription -> subscription.status == Status.SENT)
        .map(subscription -> subscription.name + '\n' + subscription.sent + '\n')
        .sorted()
        .forEach(content::append);
    return EncodedResource.hash(content.toString());
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
