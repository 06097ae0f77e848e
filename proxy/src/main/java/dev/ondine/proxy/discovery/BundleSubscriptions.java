package dev.ondine.proxy.discovery;

import static java.util.Objects.requireNonNull;

import dev.ondine.model.Bundle;
import dev.ondine.model.Cluster;
import dev.ondine.model.ClusterEndpoints;
import dev.ondine.model.DemandKey;
import dev.ondine.model.Listener;
import dev.ondine.model.RouteConfiguration;
import dev.ondine.xds.client.AdsClient;
import dev.ondine.xds.client.ResourceState;
import dev.ondine.xds.codec.ResourceType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions of one demanded name, and the bundle they add up to.
 *
 * <p>Four resources under the demanded name itself leave in one flush, so that the usual service
 * needs one round trip; what only the listener or a route names follows in a second. Confined to
 * the scheduler of the client.
 */
final class BundleSubscriptions {
  /** Told what the resources add up to, each time that is something new or was sent again. */
  interface Watcher {
    /** Every reference is closed. The same value as before when a resource was only sent again. */
    void complete(Bundle bundle);

    /** There is no such name. */
    void absent();

    /** This node may not have it. */
    void denied(String reason);
  }

  private record Wanted(ResourceType type, String name) {}

  private static final class Followed {
    ResourceState state = new ResourceState.Pending();
    AdsClient.@Nullable Subscription subscription;
  }

  private final DemandKey key;
  private final AdsClient client;
  private final Watcher watcher;
  private final Map<Wanted, Followed> followed = new LinkedHashMap<>();
  private final Set<Wanted> resyncing = new HashSet<>();
  private @Nullable Bundle last;
  private boolean busy;
  private boolean closed;

  BundleSubscriptions(DemandKey key, AdsClient client, Watcher watcher) {
    this.key = key;
    this.client = client;
    this.watcher = watcher;
  }

  /** Subscribes; the watcher may be told before this returns. */
  void open() {
    follow(base());
    settle();
  }

  /** Asks for everything again, keeping what is known. */
  void resync() {
    resyncing.addAll(followed.keySet());
    client.inOneFlush(
        () -> {
          for (var resource : followed.values()) {
            if (resource.subscription != null) {
              resource.subscription.resync();
            }
          }
        });
  }

  /** Whether some answer to {@link #resync} is still due. */
  boolean resyncing() {
    return !resyncing.isEmpty();
  }

  void close() {
    closed = true;
    drop(Set.of());
  }

  private Set<Wanted> base() {
    var wanted = new HashSet<Wanted>();
    for (var type : ResourceType.OF_A_SERVICE) {
      wanted.add(new Wanted(type, key.wire()));
    }
    return wanted;
  }

  /** Opens what is not open yet, in one flush. */
  private void follow(Set<Wanted> wanted) {
    if (followed.keySet().containsAll(wanted)) {
      return;
    }
    busy = true;
    client.inOneFlush(
        () -> {
          for (var type : ResourceType.OF_A_SERVICE) { // the order of the protocol
            for (var resource : wanted) {
              if (resource.type() == type && !followed.containsKey(resource)) {
                var subject = new Followed();
                followed.put(resource, subject);
                subject.subscription =
                    client.subscribe(type, resource.name(), s -> changed(resource, subject, s));
              }
            }
          }
        });
    busy = false;
  }

  private void drop(Set<Wanted> kept) {
    client.inOneFlush(
        () ->
            followed
                .entrySet()
                .removeIf(
                    e -> {
                      if (kept.contains(e.getKey())) {
                        return false;
                      }
                      if (e.getValue().subscription != null) {
                        e.getValue().subscription.close();
                      }
                      return true;
                    }));
    resyncing.retainAll(kept);
  }

  private void changed(Wanted resource, Followed subject, ResourceState state) {
    if (closed || followed.get(resource) != subject) {
      return;
    }
    subject.state = state;
    resyncing.remove(resource);
    if (!busy) { // else whoever is busy settles
      settle();
    }
  }

  /** Follows the references as far as they are known, and tells what came of it. */
  private void settle() {
    var closure = new Closure();
    // New references may be known to the client already: they close at once.
    while (closure.compute() && !followed.keySet().containsAll(closure.wanted)) {
      follow(closure.wanted);
      closure = new Closure();
    }
    if (closure.denied != null) {
      watcher.denied(closure.denied);
    } else if (closure.absent) {
      watcher.absent();
    } else if (closure.bundle != null) {
      // What no route names any more goes only now: until then it served the bundle before.
      drop(closure.wanted);
      if (!closure.bundle.equals(last)) {
        last = closure.bundle;
      }
      watcher.complete(requireNonNull(last));
    }
  }

  /** One walk along the references: listener, route, clusters, endpoints. */
  private final class Closure {
    final Set<Wanted> wanted = base();
    boolean absent;
    boolean open;
    @Nullable String denied;
    @Nullable Bundle bundle;

    /** False where following references is pointless. */
    boolean compute() {
      var listener = (Listener) root();
      if (listener == null) {
        return false;
      }
      Optional<RouteConfiguration> routes =
          switch (listener.traffic()) {
            case Listener.Traffic.Tcp _, Listener.Traffic.HttpInline _ -> Optional.empty();
            case Listener.Traffic.Http(var name) ->
                Optional.ofNullable((RouteConfiguration) find(ResourceType.ROUTES, name));
          };
      var clusters = new HashMap<String, Bundle.Target>();
      for (var name : Bundle.references(listener, routes)) {
        var cluster = (Cluster) find(ResourceType.CLUSTER, name);
        if (cluster != null) {
          var endpoints = (ClusterEndpoints) find(ResourceType.ENDPOINTS, cluster.endpointsName());
          if (endpoints != null) {
            clusters.put(name, new Bundle.Target(cluster, endpoints));
          }
        }
      }
      if (!open && denied == null) {
        bundle = new Bundle(key, listener, routes, clusters);
      }
      return denied == null;
    }

    /** The listener decides whether there is such a name at all. */
    private @Nullable Object root() {
      var base = followed.get(new Wanted(ResourceType.LISTENER, key.wire()));
      return switch (base == null ? new ResourceState.Pending() : base.state) {
        case ResourceState.Present present -> present.value();
        case ResourceState.Pending _ -> null;
        case ResourceState.Absent _ -> {
          absent = true;
          yield null;
        }
        case ResourceState.Denied(var reason) -> {
          denied = reason;
          yield null;
        }
      };
    }

    private @Nullable Object find(ResourceType type, String name) {
      var own = followed.get(new Wanted(type, key.wire()));
      if (own != null && mayAnswer(own, name)) {
        return value(own);
      }
      var resource = new Wanted(type, name);
      wanted.add(resource);
      var other = followed.get(resource);
      return other == null ? unresolved() : value(other);
    }

    /** An alias is answered under its canonical name; until it is, do not ask for that as well. */
    private boolean mayAnswer(Followed own, String name) {
      if (key.wire().equals(name)) {
        return true;
      }
      return own.state instanceof ResourceState.Present(var answered, var _, var _)
          ? answered.equals(name)
          : own.state instanceof ResourceState.Pending && !(key instanceof DemandKey.Name);
    }

    private @Nullable Object value(Followed resource) {
      return switch (resource.state) {
        case ResourceState.Present present -> present.value();
        // Absent while something refers to it: being created, or being removed. Wait, or keep
        // serving from the last complete bundle.
        case ResourceState.Pending _, ResourceState.Absent _ -> unresolved();
        case ResourceState.Denied(var reason) -> {
          denied = reason;
          yield null;
        }
      };
    }

    private @Nullable Object unresolved() {
      open = true;
      return null;
    }
  }
}
