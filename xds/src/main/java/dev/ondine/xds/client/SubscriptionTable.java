package dev.ondine.xds.client;

import dev.ondine.xds.codec.ResourceType;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is wanted, how often, and what of it the server has not been told yet. Confined to the
 * client's scheduler.
 */
final class SubscriptionTable {
  /** What to tell the server of one type. */
  record Changes(List<String> subscribe, List<String> unsubscribe) {
    boolean isEmpty() {
      return subscribe.isEmpty() && unsubscribe.isEmpty();
    }
  }

  private static final class Names {
    final Map<String, Integer> wanted = new HashMap<>();
    final Set<String> told = new HashSet<>();
    final Set<String> toSubscribe = new LinkedHashSet<>();
    final Set<String> toUnsubscribe = new LinkedHashSet<>();
  }

  private final Map<ResourceType, Names> types = new EnumMap<>(ResourceType.class);

  /** One more wants the name; the first one subscribes it. */
  void add(ResourceType type, String name) {
    var names = names(type);
    if (names.wanted.merge(name, 1, Integer::sum) == 1) {
      // Told and not yet taken back: telling it again makes the server send what we forgot.
      names.toUnsubscribe.remove(name);
      names.toSubscribe.add(name);
    }
  }

  /** One less wants the name; the last one unsubscribes it. */
  void remove(ResourceType type, String name) {
    var names = names(type);
    var left = names.wanted.merge(name, -1, Integer::sum);
    if (left > 0) {
      return;
    }
    names.wanted.remove(name);
    names.toSubscribe.remove(name);
    if (names.told.contains(name)) {
      names.toUnsubscribe.add(name);
    }
  }

  /** The name is to be subscribed again although the server knows of it. */
  void again(ResourceType type, String name) {
    var names = names(type);
    if (names.wanted.containsKey(name)) {
      names.toSubscribe.add(name);
    }
  }

  boolean hasChanges(ResourceType type) {
    var names = names(type);
    return !(names.toSubscribe.isEmpty() && names.toUnsubscribe.isEmpty());
  }

  /** What the server must be told; it counts as told. */
  Changes take(ResourceType type) {
    var names = names(type);
    var changes = new Changes(List.copyOf(names.toSubscribe), List.copyOf(names.toUnsubscribe));
    names.told.addAll(names.toSubscribe);
    names.told.removeAll(names.toUnsubscribe);
    names.toSubscribe.clear();
    names.toUnsubscribe.clear();
    return changes;
  }

  /** The stream is gone: on the next one everything has to be said again. */
  void untold() {
    for (var names : types.values()) {
      names.told.clear();
      names.toUnsubscribe.clear();
      names.toSubscribe.addAll(names.wanted.keySet());
    }
  }

  int size(ResourceType type) {
    return names(type).wanted.size();
  }

  private Names names(ResourceType type) {
    return types.computeIfAbsent(type, _ -> new Names());
  }
}
