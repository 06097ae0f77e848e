package dev.ondine.xds.server;

import dev.ondine.xds.codec.ResourceType;
import dev.ondine.xds.server.StreamProtocol.TooManySubscriptionsException;
import dev.ondine.xds.server.StreamSnapshot.TypeSnapshot;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The delta sub-stream of one type: what is subscribed and what must be looked at. Confined to the
 * stream's mailbox.
 */
final class DeltaType {
  private static final String WILDCARD = "*";

  final ResourceType type;
  final SentResponses responses = new SentResponses();

  /** Names that the client must be told it no longer has. */
  final Set<String> removals = new LinkedHashSet<>();

  /** Names that the client may not have, with the reason. */
  final Map<String, String> denials = new LinkedHashMap<>();

  /** A first answer is due even if there is nothing to say: Envoy waits for it at start. */
  boolean answerDue;

  private final Lookups lookups;
  private final int maxSubscriptions;
  private final Map<String, Subscription> subscriptions = new LinkedHashMap<>();
  private final Set<Subscription> dirty = new LinkedHashSet<>();
  // What the client brought along from an earlier stream. Gone as soon as it was compared: kept for
  // every connection it would cost more than all the rest.
  private Map<String, String> initialVersions = Map.of();
  private boolean opened;
  private boolean wildcard;

  DeltaType(ResourceType type, Lookups lookups, int maxSubscriptions) {
    this.type = type;
    this.lookups = lookups;
    this.maxSubscriptions = maxSubscriptions;
  }

  /** Takes what a request wants; ACK and NACK are not looked at. */
  void request(DeltaDiscoveryRequest request) {
    var first = !opened;
    opened = true;
    if (first) {
      initialVersions = new HashMap<>(request.getInitialResourceVersionsMap());
      if (initialVersions.size() > maxSubscriptions) {
        throw new TooManySubscriptionsException(maxSubscriptions);
      }
      if (request.getResourceNamesSubscribeCount() == 0) {
        // The older way to ask for everything. Only a type's first request can mean it.
        subscribeToAll();
      }
    }
    for (var name : request.getResourceNamesSubscribeList()) {
      if (name.equals(WILDCARD)) {
        subscribeToAll();
      } else {
        subscribe(name, first);
      }
    }
    for (var name : request.getResourceNamesUnsubscribeList()) {
      if (name.equals(WILDCARD)) {
        unsubscribeFromAll();
      } else {
        unsubscribe(name);
      }
    }
    if (dirty.isEmpty()) {
      initialVersions = Map.of();
    }
  }

  private void subscribe(String name, boolean first) {
    var subscription = subscription(name);
    subscription.explicit = true;
    // Who asks again may have forgotten it, so the version that we sent does not count. In a type's
    // first request nothing was sent yet, and what the client brought along does count.
    subscription.resend = !first;
    dirty.add(subscription);
  }

  private void unsubscribe(String name) {
    var subscription = subscriptions.get(name);
    if (subscription == null || !subscription.explicit) {
      return;
    }
    subscription.explicit = false;
    if (!wildcard) {
      forget(subscription);
    } else if (subscription.wildcard) {
      // The client has dropped it and cannot know that the wildcard covers it: say so.
      subscription.resend = true;
      dirty.add(subscription);
    } else {
      forget(subscription);
      removals.add(name);
    }
  }

  private void subscribeToAll() {
    // Endpoints and routes have no wildcard: xDS knows it for clusters and listeners alone.
    if (wildcard || (type != ResourceType.CLUSTER && type != ResourceType.LISTENER)) {
      return;
    }
    wildcard = true;
    answerDue = true;
    refreshWildcard();
    // Those that vanished while the client was away.
    initialVersions.keySet().stream()
        .filter(name -> !subscriptions.containsKey(name))
        .forEach(removals::add);
  }

  private void unsubscribeFromAll() {
    wildcard = false;
    answerDue = false;
    for (var subscription : List.copyOf(subscriptions.values())) {
      subscription.wildcard = false;
      if (!subscription.explicit) {
        forget(subscription);
      }
    }
  }

  /** Compares a wildcard with what it stands for now. */
  void refreshWildcard() {
    if (!wildcard) {
      return;
    }
    var all = lookups.all(type);
    for (var name : all) {
      var subscription = subscription(name);
      if (!subscription.wildcard) {
        subscription.wildcard = true;
        dirty.add(subscription);
      }
    }
    var left = new HashSet<>(subscriptions.values());
    left.removeIf(subscription -> !subscription.wildcard || all.contains(subscription.name));
    for (var subscription : left) {
      subscription.wildcard = false;
      if (!subscription.explicit) {
        forget(subscription);
        removals.add(subscription.name);
      }
    }
  }

  /** Its answer may be another one now. */
  void look(Subscription subscription) {
    dirty.add(subscription);
  }

  /** Sends it again, changed or not, if it is subscribed. */
  void resend(String name) {
    var subscription = subscriptions.get(name);
    if (subscription != null) {
      subscription.resend = true;
      dirty.add(subscription);
    }
  }

  /** The next subscription to look at, or null. */
  @Nullable Subscription takeDirty() {
    if (dirty.isEmpty()) {
      return null;
    }
    var subscription = dirty.iterator().next();
    dirty.remove(subscription);
    return subscription;
  }

  /** Everything was looked at: what the client brought along has served its purpose. */
  void looked() {
    initialVersions = Map.of();
  }

  /** The version of a resource that the client brought along from its last stream. */
  @Nullable String initialVersion(String resource) {
    return initialVersions.get(resource);
  }

  /** A wildcard's name that is gone is no longer remembered; one asked for by name is. */
  void gone(Subscription subscription) {
    if (!subscription.explicit) {
      forget(subscription);
    }
  }

  private Subscription subscription(String name) {
    var known = subscriptions.get(name);
    if (known != null) {
      return known;
    }
    if (subscriptions.size() == maxSubscriptions) {
      throw new TooManySubscriptionsException(maxSubscriptions);
    }
    var created = new Subscription(type, name);
    subscriptions.put(name, created);
    return created;
  }

  private void forget(Subscription subscription) {
    subscriptions.remove(subscription.name);
    dirty.remove(subscription);
    removals.remove(subscription.name);
    denials.remove(subscription.name);
    lookups.forget(subscription);
  }

  TypeSnapshot snapshot() {
    return new TypeSnapshot(
        wildcard,
        subscriptions.values().stream().map(Subscription::snapshot).toList(),
        responses.rejection());
  }
}
