package dev.ondine.control.registry;

import dev.ondine.control.policy.DocumentKey;
import dev.ondine.control.policy.Kind;
import dev.ondine.control.store.Compare;
import dev.ondine.control.store.Op;
import dev.ondine.control.store.Value;
import dev.ondine.model.ServicePort;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Changes that are being planned: the holdings as they will be, and the store operations that make
 * them so. Confined to the thread that plans.
 */
final class Draft {
  private final Holdings base;
  private final int maxVirtualIps;
  // Those of the base until the first change.
  private NavigableMap<DocumentKey, StoredDocument> documents;
  private Map<WorkloadKey, Kept<Registration>> registrations;
  private Map<ServiceKey, Kept<String>> virtualIps;
  private Map<ServiceKey, Kept<List<ServicePort>>> undeclared;
  private final Map<String, Op> operations = new LinkedHashMap<>();
  private final Map<String, Long> revisions = new HashMap<>();
  private final Deque<Runnable> undo = new ArrayDeque<>();
  private int nextVirtualIp;

  Draft(Holdings base, int maxVirtualIps) {
    this.base = base;
    this.maxVirtualIps = maxVirtualIps;
    documents = base.documents();
    registrations = base.registrations();
    virtualIps = base.virtualIps();
    undeclared = base.undeclared();
  }

  /** All documents as they will be. */
  NavigableMap<DocumentKey, StoredDocument> documents() {
    return documents;
  }

  Optional<StoredDocument> document(DocumentKey key) {
    return Optional.ofNullable(documents.get(key));
  }

  Optional<Kept<Registration>> registration(WorkloadKey key) {
    return Optional.ofNullable(registrations.get(key));
  }

  /** Whether documents or registrations that exist make a service of this name. */
  boolean exists(ServiceKey service) {
    return declaration(service).isPresent()
        || undeclared.containsKey(service)
        || !members(Set.of(service)).of(service).isEmpty();
  }

  void put(StoredDocument document) {
    var key = document.document().key();
    var value = StoreValues.ofDocument(document.json(), document.owner());
    write(changedDocuments(), key, document, new Op.Put(StoreKeys.of(key), value, 0));
    known(StoreKeys.of(key), Optional.ofNullable(base.documents().get(key)).map(d -> d.revision()));
  }

  void remove(DocumentKey key) {
    erase(changedDocuments(), key, StoreKeys.of(key));
    known(StoreKeys.of(key), Optional.ofNullable(base.documents().get(key)).map(d -> d.revision()));
  }

  void put(Registration registration, long lease) {
    var key = registration.key();
    var name = StoreKeys.of(key);
    var kept = new Kept<>(registration, lease, 0);
    write(changedRegistrations(), key, kept, new Op.Put(name, StoreValues.of(registration), lease));
    known(name, revision(base.registrations(), key));
  }

  void remove(WorkloadKey key) {
    erase(changedRegistrations(), key, StoreKeys.of(key));
    known(StoreKeys.of(key), revision(base.registrations(), key));
  }

  /** Whether it is a service that no document declares and that has no workloads. */
  boolean isOut(ServiceKey service) {
    return undeclared.containsKey(service) && members(Set.of(service)).of(service).isEmpty();
  }

  /** Forgets a service that no document declares and that has no workloads any more. */
  void forget(ServiceKey service) {
    var name = StoreKeys.ofUndeclared(service);
    erase(changedUndeclared(), service, name);
    known(name, revision(base.undeclared(), service));
  }

  /**
   * Settles what follows for services whose documents or workloads changed: a service has a virtual
   * IP, and the ports of an undeclared one are remembered, so that it outlives its workloads for a
   * while.
   *
   * @throws VirtualIps.ExhaustedException when there is none left
   */
  void settle(Set<ServiceKey> services) {
    var members = members(services);
    for (var service : services) {
      var declared = declaration(service).isPresent();
      var ports = declared ? List.<ServicePort>of() : members.ports(service);
      if (declared) {
        if (undeclared.containsKey(service)) {
          forget(service);
        }
      } else if (!ports.isEmpty()) {
        remember(service, ports);
      }
      if (declared || !ports.isEmpty()) {
        giveVirtualIp(service);
      }
    }
  }

  private void remember(ServiceKey service, List<ServicePort> ports) {
    var there = undeclared.get(service);
    if (there == null || !there.value().equals(ports)) {
      var name = StoreKeys.ofUndeclared(service);
      var put = new Op.Put(name, StoreValues.ofPorts(ports), 0);
      write(changedUndeclared(), service, new Kept<>(List.copyOf(ports), 0, 0), put);
      known(name, revision(base.undeclared(), service));
    }
  }

  private void giveVirtualIp(ServiceKey service) {
    if (virtualIps.containsKey(service)) {
      return;
    }
    var free = freeVirtualIp();
    free.from().ifPresent(this::takeVirtualIp);
    var name = StoreKeys.ofVirtualIp(service);
    var put = new Op.Put(name, Value.of(free.ip()), 0);
    write(changedVirtualIps(), service, new Kept<>(free.ip(), 0, 0), put);
    known(name, revision(base.virtualIps(), service));
  }

  private VirtualIps.Free freeVirtualIp() {
    if (nextVirtualIp == 0) {
      nextVirtualIp = VirtualIps.next(virtualIps);
    }
    return nextVirtualIp <= maxVirtualIps
        ? new VirtualIps.Free(VirtualIps.text(nextVirtualIp++), Optional.empty())
        : VirtualIps.free(virtualIps, maxVirtualIps, holder -> !exists(holder));
  }

  private void takeVirtualIp(ServiceKey holder) {
    var name = StoreKeys.ofVirtualIp(holder);
    erase(changedVirtualIps(), holder, name);
    known(name, revision(base.virtualIps(), holder));
  }

  private Optional<StoredDocument> declaration(ServiceKey service) {
    return document(new DocumentKey(Kind.SERVICE, service.namespace(), service.name()));
  }

  private Members members(Set<ServiceKey> services) {
    return new Members(documents, registrations, services);
  }

  /** What the store has to do, in the order planned. */
  List<Op> operations() {
    return List.copyOf(operations.values());
  }

  /** That nobody else changed meanwhile what is changed here. */
  List<Compare> conditions() {
    var conditions = new ArrayList<Compare>();
    operations.keySet().forEach(key -> conditions.add(new Compare(key, revisionOf(key))));
    return conditions;
  }

  private long revisionOf(String key) {
    return revisions.getOrDefault(key, 0L);
  }

  /** Where planning is, to go back to. */
  int mark() {
    return undo.size();
  }

  /** Undoes what was planned since the mark. */
  void backTo(int mark) {
    while (undo.size() > mark) {
      undo.pop().run();
    }
  }

  @SuppressWarnings("ReferenceEquality")
  private NavigableMap<DocumentKey, StoredDocument> changedDocuments() {
    if (documents == base.documents()) {
      documents = new TreeMap<>(documents);
    }
    return documents;
  }

  private Map<WorkloadKey, Kept<Registration>> changedRegistrations() {
    registrations = changed(registrations, base.registrations());
    return registrations;
  }

  private Map<ServiceKey, Kept<String>> changedVirtualIps() {
    virtualIps = changed(virtualIps, base.virtualIps());
    return virtualIps;
  }

  private Map<ServiceKey, Kept<List<ServicePort>>> changedUndeclared() {
    undeclared = changed(undeclared, base.undeclared());
    return undeclared;
  }

  @SuppressWarnings("ReferenceEquality")
  private static <K, V> Map<K, V> changed(Map<K, V> map, Map<K, V> original) {
    return map == original ? new HashMap<>(map) : map;
  }

  private void known(String key, Optional<Long> revision) {
    revisions.put(key, revision.orElse(0L));
  }

  private static <K, V> Optional<Long> revision(Map<K, Kept<V>> map, K key) {
    return Optional.ofNullable(map.get(key)).map(Kept::revision);
  }

  private <K, V> void write(Map<K, V> map, K key, V value, Op.Put operation) {
    change(map, key, Optional.ofNullable(map.put(key, value)), operation);
  }

  private <K, V> void erase(Map<K, V> map, K key, String name) {
    change(map, key, Optional.ofNullable(map.remove(key)), new Op.Delete(name));
  }

  private <K, V> void change(Map<K, V> map, K key, Optional<V> before, Op operation) {
    var planned = Optional.ofNullable(operations.put(operation.key(), operation));
    undo.push(
        () -> {
          restore(map, key, before);
          restore(operations, operation.key(), planned);
        });
  }

  private static <K, V> void restore(Map<K, V> map, K key, Optional<V> before) {
    before.ifPresentOrElse(value -> map.put(key, value), () -> map.remove(key));
  }
}
