package dev.ondine.xds.server;

import dev.ondine.xds.codec.Node;
import dev.ondine.xds.codec.ResourceType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * A stream's questions to the resource source, and which of its subscriptions a change concerns.
 * Confined to the stream's mailbox.
 */
final class Lookups {
  private final ResourceSource source;
  private final DependencyIndex index;
  private final DependencyIndex.Listener stream;
  private final Node node;
  private final Map<String, Set<Subscription>> byDependency = new HashMap<>();
  private boolean anyWildcard;

  Lookups(
      ResourceSource source, DependencyIndex index, DependencyIndex.Listener stream, Node node) {
    this.source = source;
    this.index = index;
    this.stream = stream;
    this.node = node;
  }

  Node node() {
    return node;
  }

  /** The newest answer; from now on {@link #concerned} knows what it depends on. */
  Answer lookup(Subscription subscription) {
    while (true) {
      var epoch = index.epoch();
      var answer = source.lookup(node, subscription.type, subscription.name);
      var nothingNew = depend(subscription, answer.dependencies());
      if (nothingNew || index.epoch() == epoch) {
        return answer;
      }
    }
  }

  /** The names behind a wildcard; from now on every change is told to this stream. */
  Set<String> all(ResourceType type) {
    if (!anyWildcard) {
      anyWildcard = true;
      index.addWildcard(stream);
    }
    return source.all(node, type);
  }

  /** The subscriptions whose answers may have changed. */
  Set<Subscription> concerned(Set<String> changed) {
    var found = new LinkedHashSet<Subscription>();
    for (var key : changed) {
      found.addAll(byDependency.getOrDefault(key, Set.of()));
    }
    return found;
  }

  void forget(Subscription subscription) {
    depend(subscription, Set.of());
  }

  void close() {
    byDependency.keySet().forEach(key -> index.remove(key, stream));
    byDependency.clear();
    index.removeWildcard(stream);
  }

  /** Returns whether all these dependencies were registered with the index before. */
  private boolean depend(Subscription subscription, Set<String> dependencies) {
    var nothingNew = true;
    var gone = new HashSet<>(subscription.dependencies);
    gone.removeAll(dependencies);
    for (var key : dependencies) {
      var subscriptions = byDependency.get(key);
      if (subscriptions == null) {
        subscriptions = new HashSet<>();
        byDependency.put(key, subscriptions);
        index.add(key, stream);
        nothingNew = false;
      }
      subscriptions.add(subscription);
    }
    subscription.dependencies = dependencies;
    for (var key : gone) {
      byDependency.computeIfPresent(
          key,
          (_, subscriptions) -> {
            subscriptions.remove(subscription);
            return subscriptions.isEmpty() ? null : subscriptions;
          });
      if (!byDependency.containsKey(key)) {
        index.remove(key, stream);
      }
    }
    return nothingNew;
  }
}
