package dev.ondine.xds.client;

import dev.ondine.xds.client.AdsClient.ResourceWatcher;
import dev.ondine.xds.client.ResourceState.Absent;
import dev.ondine.xds.client.ResourceState.Denied;
import dev.ondine.xds.client.ResourceState.Pending;
import dev.ondine.xds.client.ResourceState.Present;
import dev.ondine.xds.codec.ResourceType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of each subscribed name, and who is told. Outlives streams: a control plane that is
 * away changes nothing. Confined to the client's scheduler.
 */
final class ResourceStore {
  private static final Logger LOG = LoggerFactory.getLogger(ResourceStore.class);

  private static final class Held {
    final List<ResourceWatcher> watchers = new ArrayList<>();
    ResourceState state = new Pending();

    /** Doubted: to be sent again even if its version is the newest. */
    boolean doubted;
  }

  private static final class Type {
    final Map<String, Held> held = new HashMap<>();

    /** By resource name the other names that it answered. */
    final Map<String, Set<String>> aliases = new HashMap<>();

    void set(String name, Held held, ResourceState state) {
      unlink(name, held);
      held.state = state;
      held.doubted = false;
      if (state instanceof Present present && !present.name().equals(name)) {
        aliases.computeIfAbsent(present.name(), _ -> new LinkedHashSet<>()).add(name);
      }
    }

    void unlink(String name, Held held) {
      if (held.state instanceof Present present) {
        aliases.computeIfPresent(
            present.name(),
            (_, names) -> {
              names.remove(name);
              return names.isEmpty() ? null : names;
            });
      }
    }
  }

  private final Map<ResourceType, Type> types = new EnumMap<>(ResourceType.class);

  /** Changes of one type that belong together: all are in force before anybody is told. */
  final class Update {
    private final ResourceType type;
    private final Set<String> touched = new LinkedHashSet<>();

    private Update(ResourceType type) {
      this.type = type;
    }

    /**
     * A resource came: for its own name, for its aliases, and for names that it answered before.
     */
    void present(Present present, List<String> aliases) {
      set(present.name(), present);
      aliases.forEach(alias -> set(alias, present));
      answeredBy(present.name()).forEach(name -> set(name, present));
    }

    /** There is no such resource. What it answered under another name is gone as well. */
    void absent(String name) {
      var others = answeredBy(name);
      set(name, new Absent());
      others.forEach(other -> set(other, new Absent()));
    }

    void denied(String name, String reason) {
      set(name, new Denied(reason));
    }

    private List<String> answeredBy(String resource) {
      return List.copyOf(type(type).aliases.getOrDefault(resource, Set.of()));
    }

    private void set(String name, ResourceState state) {
      var held = type(type).held.get(name);
      if (held != null) {
        type(type).set(name, held, state);
        touched.add(name);
      }
    }

    /** Tells the watchers, also of what was only confirmed: somebody may have doubted it. */
    void tell() {
      for (var name : touched) {
        var held = type(type).held.get(name);
        if (held != null) {
          for (var watcher : List.copyOf(held.watchers)) {
            if (held.watchers.contains(watcher)) { // else it left while others were told
              ResourceStore.tell(type, name, watcher, held.state);
            }
          }
        }
      }
    }
  }

  Update update(ResourceType type) {
    return new Update(type);
  }

  /** Adds a watcher and tells it what is known. */
  void watch(ResourceType type, String name, ResourceWatcher watcher) {
    var held = type(type).held.computeIfAbsent(name, _ -> new Held());
    held.watchers.add(watcher);
    tell(type, name, watcher, held.state);
  }

  /** Removes a watcher; what nobody watches is forgotten. */
  void unwatch(ResourceType type, String name, ResourceWatcher watcher) {
    var held = type(type).held.get(name);
    if (held != null) {
      held.watchers.remove(watcher);
      if (held.watchers.isEmpty()) {
        type(type).unlink(name, held);
        type(type).held.remove(name);
      }
    }
  }

  /** The name's resource must come again, even from a server that thinks we have it. */
  void doubt(ResourceType type, String name) {
    var held = type(type).held.get(name);
    if (held != null) {
      held.doubted = true;
    }
  }

  /** Whether an answer for this name is due: nothing is known, or it is doubted. */
  boolean isOpen(ResourceType type, String name) {
    var held = type(type).held.get(name);
    return held != null && (held.doubted || held.state instanceof Pending);
  }

  /** The versions of what is here and not doubted, by resource name. */
  Map<String, String> versions(ResourceType type) {
    var versions = new HashMap<String, String>();
    var doubted = new LinkedHashSet<String>();
    for (var held : type(type).held.values()) {
      if (held.state instanceof Present(var resource, var version, _) && !version.isEmpty()) {
        versions.put(resource, version);
        if (held.doubted) {
          doubted.add(resource);
        }
      }
    }
    versions.keySet().removeAll(doubted);
    return versions;
  }

  private Type type(ResourceType type) {
    return types.computeIfAbsent(type, _ -> new Type());
  }

  /** One watcher's mistake must not keep the others from knowing. */
  private static void tell(
      ResourceType type, String name, ResourceWatcher watcher, ResourceState state) {
    try {
      watcher.changed(state);
    } catch (RuntimeException e) {
      LOG.error("a watcher of {} {} failed", type, name, e);
    }
  }
}
