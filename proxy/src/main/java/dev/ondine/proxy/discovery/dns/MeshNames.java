package dev.ondine.proxy.discovery.dns;

import dev.ondine.model.DemandKey;
import java.util.ArrayList;
import java.util.List;

/** Tells which names of DNS may be names of the mesh. */
final class MeshNames {
  private final String namespace;
  private final List<String> search;

  /**
   * What a name may mean.
   *
   * @param keys in the order in which to try them
   * @param surely nobody outside can know the name: without a service there is no such name
   */
  record Meaning(List<DemandKey> keys, boolean surely) {
    static final Meaning NONE = new Meaning(List.of(), false);
  }

  /**
   * @param namespace the sidecar's own
   * @param search the suffixes that the workload's resolver tries
   */
  MeshNames(String namespace, List<String> search) {
    this.namespace = namespace;
    this.search = search;
  }

  /** What the name may mean; no keys: it lies outside. */
  Meaning of(String name) {
    if (name.endsWith(".240.240.in-addr.arpa")) {
      return new Meaning(List.of(), true); // virtual IPs have no names
    }
    var key = DemandKey.parse(name, namespace);
    if (key.isPresent() && DemandKey.isSurelyMesh(name)) {
      return new Meaning(List.of(key.get()), true);
    }
    var keys = new ArrayList<DemandKey>(2);
    var surely = false;
    for (var suffix : search) {
      if (name.endsWith(suffix) && name.length() > suffix.length() + 1) {
        var dot = name.length() - suffix.length() - 1;
        var bare = name.substring(0, dot);
        var stripped = DemandKey.parse(bare, namespace);
        if (name.charAt(dot) == '.' && stripped.isPresent()) {
          keys.add(stripped.get());
          surely |= bare.endsWith(DemandKey.SUFFIX);
        }
      }
    }
    key.ifPresent(keys::add); // example.com, or service.namespace
    return keys.isEmpty() ? Meaning.NONE : new Meaning(List.copyOf(keys), surely);
  }
}
