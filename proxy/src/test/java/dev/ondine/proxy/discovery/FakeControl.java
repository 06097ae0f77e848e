package dev.ondine.proxy.discovery;

import static java.util.Objects.requireNonNull;

import dev.ondine.base.time.Scheduler;
import dev.ondine.testkit.ManualClock;
import dev.ondine.xds.client.AdsClient;
import dev.ondine.xds.client.ResourceState;
import dev.ondine.xds.codec.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The control plane as the cache sees it: answers nothing until a test says what there is.
 *
 * <p>It neither joins nor repeats subscriptions: what the cache subscribes to is what a test sees.
 */
public final class FakeControl implements AdsClient {
  private record Wish(ResourceType type, String name, ResourceWatcher watcher) {}

  public final ManualClock clock = new ManualClock();
  private final List<Wish> wishes = new ArrayList<>();
  private final List<List<String>> flushes = new ArrayList<>();
  private final List<String> resyncs = new ArrayList<>();
  private final List<String> closed = new ArrayList<>();
  private final Map<String, ResourceState> known = new TreeMap<>();
  private @Nullable List<String> flush;
  private @Nullable StreamWatcher stream;
  private boolean up = true;

  /** Control knows this service: it answers what was asked, and what will be. */
  public void has(Shop.Offer service) {
    for (var name : service.names()) {
      for (var type : ResourceType.values()) {
        has(type, name, service);
      }
    }
  }

  /** Control tells one resource of a service only. */
  public void has(ResourceType type, String name, Shop.Offer service) {
    service
        .resource(type)
        .ifPresentOrElse(
            value -> is(type, name, new ResourceState.Present(service.name(), "1", value)),
            () -> is(type, name, new ResourceState.Absent()));
  }

  /** Control says that there is no such name. */
  public void lacks(String name) {
    for (var type : ResourceType.values()) {
      is(type, name, new ResourceState.Absent());
    }
  }

  /** Control says that this sidecar may not have it. */
  public void denies(String name, String reason) {
    for (var type : ResourceType.values()) {
      is(type, name, new ResourceState.Denied(reason));
    }
  }

  public void is(ResourceType type, String name, ResourceState state) {
    known.put(type + " " + name, state);
    for (var wish : List.copyOf(wishes)) {
      if (wish.type() == type && wish.name().equals(name) && wishes.contains(wish)) {
        wish.watcher().changed(state);
      }
    }
    clock.run();
  }

  public void down() {
    up = false;
    tellStream();
    clock.run();
  }

  public void up() {
    up = true;
    tellStream();
    clock.run();
  }

  private void tellStream() {
    if (stream != null) {
      if (up) {
        stream.up("fake");
      } else {
        stream.down("fake");
      }
    }
  }

  /** What each flush asked for: the distinct names. */
  public List<List<String>> asked() {
    return flushes.stream()
        .map(f -> f.stream().map(FakeControl::name).distinct().toList())
        .toList();
  }

  /** What each flush subscribed to, as {@code TYPE name}. */
  public List<List<String>> flushes() {
    return flushes;
  }

  /** The names that are subscribed now. */
  public Set<String> subscribed() {
    var names = new TreeSet<String>();
    wishes.forEach(wish -> names.add(wish.name()));
    return names;
  }

  public int subscriptions() {
    return wishes.size();
  }

  /** The distinct names asked for again, once for each time. */
  public List<String> resynced() {
    return resyncs.stream().filter(r -> r.startsWith("LISTENER ")).map(FakeControl::name).toList();
  }

  private static String name(String wish) {
    return wish.substring(wish.indexOf(' ') + 1);
  }

  @Override
  public Scheduler scheduler() {
    return clock;
  }

  @Override
  public Subscription subscribe(ResourceType type, String name, ResourceWatcher watcher) {
    var wish = new Wish(type, name, watcher);
    wishes.add(wish);
    inOneFlush(() -> requireNonNull(flush).add(type + " " + name));
    watcher.changed(known.getOrDefault(type + " " + name, new ResourceState.Pending()));
    return new Subscription() {
      @Override
      public void resync() {
        resyncs.add(type + " " + name);
      }

      @Override
      public void close() {
        wishes.remove(wish);
        closed.add(type + " " + name);
      }
    };
  }

  @Override
  public void inOneFlush(Runnable changes) {
    if (flush != null) {
      changes.run();
      return;
    }
    flush = new ArrayList<>();
    changes.run();
    if (!flush.isEmpty()) {
      flushes.add(flush);
    }
    flush = null;
  }

  @Override
  public void onStream(StreamWatcher watcher) {
    stream = watcher;
    tellStream();
  }

  @Override
  public String name() {
    return "fake control";
  }

  @Override
  public void start() {}

  @Override
  public void stop() {}
}
