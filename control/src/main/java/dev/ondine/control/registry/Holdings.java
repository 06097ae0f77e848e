package dev.ondine.control.registry;

import dev.ondine.control.policy.DiscoveryPolicy;
import dev.ondine.control.policy.Document;
import dev.ondine.control.policy.DocumentKey;
import dev.ondine.control.policy.Kind;
import dev.ondine.control.policy.MeshIdentity;
import dev.ondine.control.policy.MeshSettings;
import dev.ondine.control.policy.ServiceDocument;
import dev.ondine.control.policy.TrafficPolicy;
import dev.ondine.control.policy.WorkloadDocument;
import dev.ondine.control.registry.StoreKeys.Meaning;
import dev.ondine.control.store.Entry;
import dev.ondine.control.store.Event;
import dev.ondine.control.store.Range;
import dev.ondine.model.ServicePort;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * All that the registry keeps in the store, read: the sum of the store's events up to a revision.
 *
 * <p>Immutable, so that any thread may look at the newest.
 *
 * @param undeclared the ports with which services that no document declares were last seen
 */
record Holdings(
    long revision,
    NavigableMap<DocumentKey, StoredDocument> documents,
    Map<WorkloadKey, Kept<Registration>> registrations,
    Map<ServiceKey, Kept<String>> virtualIps,
    Map<ServiceKey, Kept<List<ServicePort>>> undeclared) {

  static final Holdings EMPTY =
      new Holdings(0, Collections.emptyNavigableMap(), Map.of(), Map.of(), Map.of());

  /** Holdings after some events. */
  record Step(Holdings holdings, Set<ServiceKey> services) {}

  /** What the store has now. */
  static Holdings of(Range range) {
    var events = range.entries().stream().<Event>map(Event.Put::new).toList();
    return EMPTY.after(events, range.revision()).holdings();
  }

  /** These holdings after the events, with the services that these may have changed. */
  Step after(List<Event> events, long revision) {
    var sum = new Sum(this);
    events.forEach(sum::add);
    return new Step(sum.holdings(revision), sum.services);
  }

  /** Every service that anything is kept of. */
  Set<ServiceKey> services() {
    var services = new HashSet<>(undeclared.keySet());
    registrations.values().forEach(kept -> services.add(kept.value().service()));
    documents.values().forEach(stored -> service(stored.document()).ifPresent(services::add));
    return services;
  }

  /** The documents of a kind. */
  static Collection<StoredDocument> ofKind(
      NavigableMap<DocumentKey, StoredDocument> documents, Kind kind) {
    var first = new DocumentKey(kind, "", "");
    var beyond = new DocumentKey(kind, "\uffff", "");
    return documents.subMap(first, true, beyond, false).values();
  }

  /** The service that a document says something of. */
  static Optional<ServiceKey> service(Document document) {
    var namespace = document.metadata().namespace();
    return switch (document) {
      case ServiceDocument d -> Optional.of(new ServiceKey(namespace, d.metadata().name()));
      case WorkloadDocument d -> Optional.of(new ServiceKey(namespace, d.service()));
      case TrafficPolicy d -> Optional.of(new ServiceKey(namespace, d.service()));
      case DiscoveryPolicy _, MeshIdentity _, MeshSettings _ -> Optional.empty();
    };
  }

  /** Copies only the maps that an event touches, and each once. */
  @SuppressWarnings("ReferenceEquality") // whether it is still the map from before
  private static final class Sum {
    private final Set<ServiceKey> services = new HashSet<>();
    private final Holdings from;
    private NavigableMap<DocumentKey, StoredDocument> documents;
    private Map<WorkloadKey, Kept<Registration>> registrations;
    private Map<ServiceKey, Kept<String>> virtualIps;
    private Map<ServiceKey, Kept<List<ServicePort>>> undeclared;

    Sum(Holdings from) {
      this.from = from;
      documents = from.documents;
      registrations = from.registrations;
      virtualIps = from.virtualIps;
      undeclared = from.undeclared;
    }

    Holdings holdings(long revision) {
      return new Holdings(revision, documents, registrations, virtualIps, undeclared);
    }

    void add(Event event) {
      var meaning = StoreKeys.parse(event.key());
      if (meaning.isEmpty()) {
        return;
      }
      var entry =
          switch (event) {
            case Event.Put(var put) -> Optional.of(put);
            case Event.Delete _ -> Optional.<Entry>empty();
          };
      switch (meaning.get()) {
        case Meaning.OfDocument(var key) -> document(key, entry);
        case Meaning.OfRegistration(var key) -> registration(key, entry);
        case Meaning.OfVirtualIp(var key) -> {
          services.add(key);
          virtualIps = copied(virtualIps, from.virtualIps);
          set(virtualIps, key, entry.map(e -> kept(e, e.value().text())));
        }
        case Meaning.OfUndeclared(var key) -> {
          services.add(key);
          undeclared = copied(undeclared, from.undeclared);
          set(undeclared, key, entry.map(e -> kept(e, StoreValues.ports(e.key(), e.value()))));
        }
      }
    }

    private void document(DocumentKey key, Optional<Entry> entry) {
      if (documents == from.documents) {
        documents = new TreeMap<>(documents);
      }
      var now = entry.map(e -> StoreValues.document(key, e.value(), e.modRevision()));
      var before = set(documents, key, now);
      before.flatMap(stored -> service(stored.document())).ifPresent(services::add);
      now.flatMap(stored -> service(stored.document())).ifPresent(services::add);
    }

    private void registration(WorkloadKey key, Optional<Entry> entry) {
      registrations = copied(registrations, from.registrations);
      var now = entry.map(e -> kept(e, StoreValues.registration(key, e.value())));
      var before = set(registrations, key, now);
      before.ifPresent(kept -> services.add(kept.value().service()));
      now.ifPresent(kept -> services.add(kept.value().service()));
    }

    private static <K, V> Map<K, V> copied(Map<K, V> map, Map<K, V> original) {
      return map == original ? new HashMap<>(map) : map;
    }

    private static <K, V> Optional<V> set(Map<K, V> map, K key, Optional<V> value) {
      return Optional.ofNullable(value.isPresent() ? map.put(key, value.get()) : map.remove(key));
    }

    private static <T> Kept<T> kept(Entry entry, T value) {
      return new Kept<>(value, entry.lease(), entry.modRevision());
    }
  }
}
