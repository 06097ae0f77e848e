package dev.ondine.control.ca;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ondine.control.store.Compare;
import dev.ondine.control.store.Entry;
import dev.ondine.control.store.Op;
import dev.ondine.control.store.Store;
import dev.ondine.control.store.Transaction;
import dev.ondine.model.TrustBundle;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The roots that the mesh trusts, kept in the store, and how far their rotation is. */
final class Bundles {
  /** How far a rotation of the root is. */
  enum Phase {
    /** None. */
    STABLE,
    /** The new root is trusted beside the old one, which still issues. */
    ADDED,
    /** The new root issues; the old one is still trusted. */
    ISSUING
  }

  /** The bundle with the rotation's phase. */
  record State(TrustBundle bundle, Phase phase) {}

  private final Store store;
  private final List<Consumer<TrustBundle>> listeners = new CopyOnWriteArrayList<>();
  private volatile State state;

  private Bundles(Store store, State state) {
    this.store = store;
    this.state = state;
  }

  /** What the store holds; empty where there never was an authority. */
  static Optional<State> stored(Store store) {
    return store.get(StoredJson.BUNDLE).map(Bundles::read);
  }

  /** Reads the bundle; makes one of this root when there is none. */
  static Bundles open(Store store, String trustDomain, X509Certificate root) {
    var stored = stored(store);
    if (stored.isPresent()) {
      return new Bundles(store, stored.get());
    }
    var first = new State(new TrustBundle(trustDomain, List.of(root), 1), Phase.STABLE);
    var outcome =
        store.transact(
            new Transaction(
                List.of(Compare.absent(StoredJson.BUNDLE)),
                List.of(new Op.Put(StoredJson.BUNDLE, StoredJson.value(json(first)), 0))));
    return new Bundles(store, outcome.committed() ? first : stored(store).orElse(first));
  }

  State state() {
    return state;
  }

  /** Tells each bundle from now on. */
  void listen(Consumer<TrustBundle> listener) {
    listeners.add(listener);
  }

  /** Goes on to the next phase, with these roots; the number grows when the roots differ. */
  void change(List<X509Certificate> roots, Phase phase) {
    var entry = store.get(StoredJson.BUNDLE).orElseThrow();
    var before = read(entry).bundle();
    var same = new TrustBundle(before.trustDomain(), roots, 0).equals(before);
    var next =
        new State(
            new TrustBundle(before.trustDomain(), roots, before.sequence() + (same ? 0 : 1)),
            phase);
    var outcome =
        store.transact(
            new Transaction(
                List.of(Compare.unchanged(entry)),
                List.of(new Op.Put(StoredJson.BUNDLE, StoredJson.value(json(next)), 0))));
    if (!outcome.committed()) {
      throw new CaException("somebody else changed the trust bundle meanwhile; nothing was done");
    }
    take(next);
  }

  /** Takes in what another process changed. */
  void refresh() {
    stored(store).filter(stored -> !stored.equals(state)).ifPresent(this::take);
  }

  private void take(State next) {
    var before = state;
    state = next;
    if (next.bundle().sequence() != before.bundle().sequence()) {
      listeners.forEach(listener -> listener.accept(next.bundle()));
    }
  }

  private static ObjectNode json(State state) {
    var json =
        StoredJson.object()
            .put("trustDomain", state.bundle().trustDomain())
            .put("sequence", state.bundle().sequence())
            .put("phase", state.phase().name());
    var roots = json.putArray("roots");
    state
        .bundle()
        .roots()
        .forEach(root -> roots.add(Base64.getEncoder().encodeToString(Certificates.der(root))));
    return json;
  }

  private static State read(Entry entry) {
    var json = StoredJson.read(entry);
    var roots = new ArrayList<X509Certificate>();
    json.path("roots")
        .forEach(root -> roots.add(Certificates.read(Base64.getDecoder().decode(root.asText()))));
    return new State(
        new TrustBundle(json.path("trustDomain").asText(), roots, json.path("sequence").asLong()),
        Phase.valueOf(json.path("phase").asText()));
  }
}
