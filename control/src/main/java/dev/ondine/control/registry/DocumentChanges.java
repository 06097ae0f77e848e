package dev.ondine.control.registry;

import dev.ondine.control.policy.DiscoveryPolicy;
import dev.ondine.control.policy.Document;
import dev.ondine.control.policy.DocumentKey;
import dev.ondine.control.policy.InvalidDocumentsException;
import dev.ondine.control.policy.MeshIdentity;
import dev.ondine.control.policy.MeshSettings;
import dev.ondine.control.policy.Problem;
import dev.ondine.control.policy.ServiceDocument;
import dev.ondine.control.policy.SourcedDocument;
import dev.ondine.control.policy.TrafficPolicy;
import dev.ondine.control.policy.WorkloadDocument;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The changes that an owner wants to the documents, checked against each other and the rest. */
final class DocumentChanges {
  /** How many documents one change may have: what follows from them must fit one transaction. */
  static final int MAX = 3_000;

  private final Draft draft;
  private final String owner;
  private final List<SourcedDocument> wanted;
  private final List<Problem> problems = new ArrayList<>();

  DocumentChanges(Draft draft, String owner, List<SourcedDocument> wanted) {
    this.draft = draft;
    this.owner = owner;
    this.wanted = wanted;
  }

  /**
   * Creates or changes them.
   *
   * @throws InvalidDocumentsException with every contradiction
   */
  List<Applied> apply() {
    return change(List.of());
  }

  /** Does so, and removes what the owner had besides. */
  List<Applied> replace() {
    var keys = new HashSet<DocumentKey>();
    wanted.forEach(sourced -> keys.add(sourced.document().key()));
    return change(
        draft.documents().values().stream()
            .filter(stored -> stored.owner().equals(owner))
            .map(stored -> stored.document().key())
            .filter(key -> !keys.contains(key))
            .toList());
  }

  /** Does so for several owners, as far as they are not refused; why the others are. */
  static Map<String, List<Problem>> replaceEach(
      Draft draft, Map<String, List<SourcedDocument>> byOwner) {
    var refused = new HashMap<String, List<Problem>>();
    var left = new LinkedHashMap<>(byOwner);
    // As long as one is taken, another may be: a document may have moved between them.
    while (left.entrySet().removeIf(one -> isReplaced(draft, one, refused))) {
      refused.clear();
    }
    return refused;
  }

  private static boolean isReplaced(
      Draft draft,
      Map.Entry<String, List<SourcedDocument>> one,
      Map<String, List<Problem>> refused) {
    var mark = draft.mark();
    try {
      new DocumentChanges(draft, one.getKey(), one.getValue()).replace();
      return true;
    } catch (InvalidDocumentsException e) {
      draft.backTo(mark);
      refused.put(one.getKey(), e.problems());
      return false;
    }
  }

  /** Deletes one; false when there is none. */
  boolean delete(DocumentKey key) {
    var there = draft.document(key);
    if (there.isEmpty()) {
      return false;
    }
    if (!there.get().owner().equals(owner)) {
      var message = key + " is " + describe(there.get().owner()) + ": remove it from that file";
      throw new InvalidDocumentsException(
          List.of(new Problem("", 0, "", key.toString(), message, "")));
    }
    change(List.of(key));
    return true;
  }

  private List<Applied> change(List<DocumentKey> gone) {
    if (wanted.size() + gone.size() > MAX) {
      throw new InvalidDocumentsException(
          List.of(
              new Problem(
                  "",
                  0,
                  "",
                  "",
                  wanted.size() + gone.size() + " documents at once are too many",
                  "at most " + MAX)));
    }
    refuseTwice();
    refuseForeign();
    var services = new HashSet<ServiceKey>();
    var applied = new ArrayList<Applied>();
    for (var key : gone) {
      draft.document(key).flatMap(s -> Holdings.service(s.document())).ifPresent(services::add);
      draft.remove(key);
      applied.add(new Applied(key, Applied.Change.REMOVED));
    }
    wanted.forEach(sourced -> applied.add(put(sourced, services)));
    refuseSameTarget();
    refuseRegistered();
    if (!problems.isEmpty()) {
      throw new InvalidDocumentsException(problems);
    }
    try {
      draft.settle(services);
    } catch (VirtualIps.ExhaustedException e) {
      throw new InvalidDocumentsException(
          List.of(new Problem("", 0, "", "", String.valueOf(e.getMessage()), "")));
    }
    return applied;
  }

  private Applied put(SourcedDocument sourced, Set<ServiceKey> services) {
    var document = sourced.document();
    var key = document.key();
    var there = draft.document(key);
    if (there.isPresent()
        && there.get().owner().equals(owner)
        && there.get().json().equals(sourced.json())) {
      return new Applied(key, Applied.Change.UNCHANGED);
    }
    there.flatMap(s -> Holdings.service(s.document())).ifPresent(services::add);
    Holdings.service(document).ifPresent(services::add);
    draft.put(new StoredDocument(document, sourced.json(), owner, 0));
    return new Applied(key, there.isPresent() ? Applied.Change.CHANGED : Applied.Change.CREATED);
  }

  private void refuseTwice() {
    var seen = new HashMap<DocumentKey, SourcedDocument>();
    for (var sourced : wanted) {
      var first = seen.putIfAbsent(sourced.document().key(), sourced);
      if (first != null) {
        refuse(sourced, "metadata.name", sourced.document().key() + " is also at " + at(first));
      }
    }
  }

  private void refuseForeign() {
    for (var sourced : wanted) {
      var key = sourced.document().key();
      draft
          .document(key)
          .filter(stored -> !stored.owner().equals(owner))
          .ifPresent(
              stored ->
                  refuse(
                      sourced,
                      "metadata.name",
                      key + " is in force already, " + describe(stored.owner())));
    }
  }

  /** Two policies for one target: nobody could say which one holds. */
  private void refuseSameTarget() {
    var others = new HashMap<String, List<DocumentKey>>();
    draft
        .documents()
        .forEach(
            (key, stored) ->
                target(stored.document())
                    .ifPresent(t -> others.computeIfAbsent(t, _ -> new ArrayList<>()).add(key)));
    for (var sourced : wanted) {
      var key = sourced.document().key();
      target(sourced.document())
          .flatMap(
              t ->
                  others.getOrDefault(t, List.of()).stream()
                      .filter(o -> !o.equals(key))
                      .findFirst())
          .ifPresent(other -> refuse(sourced, "spec.targetRef", other + " has the same target"));
    }
  }

  private static Optional<String> target(Document document) {
    var kindAndNamespace = document.kind().text() + "/" + document.metadata().namespace() + "/";
    return switch (document) {
      case TrafficPolicy policy -> Optional.of(kindAndNamespace + policy.service());
      case DiscoveryPolicy policy -> Optional.of(kindAndNamespace + policy.service().orElse(""));
      case MeshIdentity identity -> Optional.of(kindAndNamespace + identity.service().orElse(""));
      case ServiceDocument _, WorkloadDocument _, MeshSettings _ -> Optional.empty();
    };
  }

  private void refuseRegistered() {
    for (var sourced : wanted) {
      if (sourced.document() instanceof WorkloadDocument document) {
        var metadata = document.metadata();
        var key = new WorkloadKey(metadata.namespace(), metadata.name());
        draft
            .registration(key)
            .ifPresent(
                kept ->
                    refuse(
                        sourced,
                        "metadata.name",
                        "a workload of this name has registered itself, from "
                            + kept.value().workload().address()));
      }
    }
  }

  private void refuse(SourcedDocument sourced, String path, String message) {
    problems.add(
        new Problem(
            sourced.source(),
            sourced.line(),
            path,
            sourced.document().metadata().name(),
            message,
            ""));
  }

  private static String at(SourcedDocument sourced) {
    return sourced.source() + ":" + sourced.line();
  }

  static String describe(String owner) {
    return owner.equals(Registry.API) ? "applied by the API" : "from " + owner;
  }
}
