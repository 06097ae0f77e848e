package dev.ondine.xds.server;

import dev.ondine.xds.codec.ResourceType;
import dev.ondine.xds.server.StreamProtocol.TooManySubscriptionsException;
import dev.ondine.xds.server.StreamSnapshot.TypeSnapshot;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The state-of-the-world sub-stream of one type: what is subscribed and what must be looked at.
 * Confined to the stream's mailbox.
 */
final class SotwType {
  private static final String WILDCARD = "*";

  final ResourceType type;
  final SentResponses responses = new SentResponses();

  /** Of the newest response; a request with another one is about a response that is outdated. */
  String nonce = "";

  /** A response is due although no resource changed: the first one, or one that is gone. */
  boolean answerDue;

  private final Lookups lookups;
  private final int maxSubscriptions;
  private final Map<String, Subscription> subscriptions = new LinkedHashMap<>();
  private final Set<Subscription> dirty = new LinkedHashSet<>();
  private boolean named;
  private boolean wildcard;

  SotwType(ResourceType type, Lookups lookups, int maxSubscriptions) {
    this.type = type;
    this.lookups = lookups;
    this.maxSubscriptions = maxSubscriptions;
  }

  /**
   * Clusters and listeners: each response holds them all, and one that it lacks does not exist. Of
   * the other types a response may hold some, and nothing says that one does not exist.
   */
  boolean isFullState() {
    return type == ResourceType.CLUSTER || type == ResourceType.LISTENER;
  }

  /** Takes the names that a request with the newest nonce wants: all that the client wants now. */
  void request(DiscoveryRequest request) {
    var names = new LinkedHashSet<>(request.getResourceNamesList());
    // No names mean all, until the client has named some: then they mean none.
    var all = names.remove(WILDCARD) || (names.isEmpty() && !named);
    named = named || !names.isEmpty();
    for (var subscription : List.copyOf(subscriptions.values())) {
      if (subscription.explicit && !names.contains(subscription.name)) {
        subscription.explicit = false;
        forgetUnwanted(subscription);
      }
    }
    for (var name : names) {
      var subscription = subscription(name);
      if (!subscription.explicit) {
        subscription.explicit = true;
        // Had and dropped before, perhaps: the client no longer has what we sent then.
        subscription.resend = true;
        dirty.add(subscription);
      }
    }
    if (isFullState() && all != wildcard) {
      wildcard = all;
      if (all) {
        answerDue = true;
        refreshWildcard();
      } else {
        for (var subscription : List.copyOf(subscriptions.values())) {
          subscription.wildcard = false;
          forgetUnwanted(subscription);
        }
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
    for (var subscription : List.copyOf(subscriptions.values())) {
      if (subscription.wildcard && !all.contains(subscription.name)) {
        subscription.wildcard = false;
        forgetUnwanted(subscription);
        answerDue = true;
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

  Collection<Subscription> subscriptions() {
    return subscriptions.values();
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

  private void forgetUnwanted(Subscription subscription) {
    if (!subscription.isWanted()) {
      subscriptions.remove(subscription.name);
      dirty.remove(subscription);
      lookups.forget(subscription);
    }
  }

  TypeSnapshot snapshot() {
    return new TypeSnapshot(
        wildcard,
        subscriptions.values().stream().map(Subscription::snapshot).toList(),
        responses.rejection());
  }
}
