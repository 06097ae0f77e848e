package dev.ondine.proxy.discovery;

import dev.ondine.model.DemandKey;
import dev.ondine.xds.client.AdsClient;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Demanded names that wait for their turn to be asked for, likely mesh names first. Confined.
 *
 * <p>Callers also demand names that turn out to lie outside the mesh ({@code example.com} looks
 * like service.namespace). When many names queue, those must not delay the others.
 */
final class DemandQueue {
  private static final int NAMESPACES = 256;

  private final DiscoverySettings settings;
  private final AdsClient client;
  private final DiscoveryMetrics metrics;
  private final Consumer<Entry> ask;
  private final TokenBucket bucket;
  private final Set<Entry> first = new LinkedHashSet<>();
  private final Set<Entry> rest = new LinkedHashSet<>();
  private final Set<String> namespaces = new HashSet<>();
  private int inFlight;
  private boolean askingSoon;

  /**
   * @param namespace the sidecar's own, known to be of the mesh
   * @param ask subscribes to a name whose turn has come
   */
  DemandQueue(
      DiscoverySettings settings,
      String namespace,
      AdsClient client,
      DiscoveryMetrics metrics,
      Consumer<Entry> ask) {
    this.settings = settings;
    this.client = client;
    this.metrics = metrics;
    this.ask = ask;
    this.bucket =
        new TokenBucket(settings.burst(), settings.perSecond(), client.scheduler().ticker());
    namespaces.add(namespace);
  }

  /** False when the queue is full. */
  boolean offer(Entry entry) {
    if (size() >= settings.namesQueued()) {
      return false;
    }
    (likelyMesh(entry.key) ? first : rest).add(entry);
    askSoon();
    return true;
  }

  /** True when the name had not been asked for yet. */
  boolean remove(Entry entry) {
    var removed = first.remove(entry) || rest.remove(entry);
    metrics.namesQueued.set(size());
    return removed;
  }

  /** A name that was asked for is in flight no more. */
  void answered() {
    inFlight--;
    metrics.namesInFlight.set(inFlight);
    askSoon();
  }

  /** Soon, not now: names that are demanded together leave in one flush. */
  private void askSoon() {
    if (!askingSoon && size() > 0) {
      askingSoon = true;
      client.scheduler().execute(this::askNext);
    }
  }

  private void askNext() {
    askingSoon = false;
    if (size() > 0 && inFlight < settings.namesInFlight()) {
      var pause = bucket.take();
      if (pause.isZero()) {
        metrics.flushes.increment();
        client.inOneFlush(() -> next(settings.namesInFlight() - inFlight).forEach(this::ask));
      } else {
        askingSoon = true;
        client.scheduler().schedule(pause, this::askNext);
      }
    }
    metrics.namesQueued.set(size());
    metrics.namesInFlight.set(inFlight);
  }

  private void ask(Entry entry) {
    inFlight++;
    ask.accept(entry);
  }

  private List<Entry> next(int most) {
    var taken = new ArrayList<Entry>(Math.min(most, size()));
    for (var line : List.of(first, rest)) {
      var entries = line.iterator();
      while (taken.size() < most && entries.hasNext()) {
        taken.add(entries.next());
        entries.remove();
      }
    }
    return taken;
  }

  private int size() {
    return first.size() + rest.size();
  }

  /** Remembers that the name's namespace is one of the mesh. */
  void found(DemandKey key) {
    if (key instanceof DemandKey.Name name && namespaces.size() < NAMESPACES) {
      namespaces.add(namespace(name.host()));
    }
  }

  private boolean likelyMesh(DemandKey key) {
    return switch (key) {
      case DemandKey.VirtualIp _ -> true;
      case DemandKey.Sni name -> namespaces.contains(namespace(name.host()));
      case DemandKey.Name name -> namespaces.contains(namespace(name.host()));
    };
  }

  /** The last label before the suffix. */
  private static String namespace(String host) {
    var end = host.length() - DemandKey.SUFFIX.length();
    return host.substring(host.lastIndexOf('.', end - 1) + 1, end);
  }
}
