package dev.ondine.control.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ondine.control.api.http.ApiException;
import dev.ondine.control.census.Assessment;
import dev.ondine.control.census.MtlsState;
import dev.ondine.control.census.ServiceMtls;
import dev.ondine.control.policy.DocumentKey;
import dev.ondine.control.policy.DocumentReader;
import dev.ondine.control.policy.InvalidDocumentsException;
import dev.ondine.control.policy.Kind;
import dev.ondine.control.policy.MeshIdentity;
import dev.ondine.control.policy.Problem;
import dev.ondine.control.registry.Registry;
import dev.ondine.control.registry.StoredDocument;
import dev.ondine.model.InboundSecurity.Mtls;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The change of a namespace or service to strict, and back: clients first, servers last. Nobody is
 * kept out who was seen to need it, unless that is wished.
 */
final class MtlsChange {
  /** Reasons that one refusal tells. */
  private static final int MAX_REASONS = 100;

  private final Registry registry;
  private final DocumentReader reader;
  private final MtlsState state;

  /**
   * What is asked for.
   *
   * @param service empty: all of the namespace that have no document of their own
   * @param window callers in the clear that were seen in it stand in the way
   * @param force does not look at anything
   */
  record Wish(
      String namespace, Optional<String> service, Mtls mtls, Duration window, boolean force) {}

  /**
   * What was done.
   *
   * @param overridden reasons against it that were not listened to
   */
  record Done(String key, String change, List<String> overridden) {
    Done {
      overridden = List.copyOf(overridden);
    }
  }

  MtlsChange(Registry registry, DocumentReader reader, MtlsState state) {
    this.registry = registry;
    this.reader = reader;
    this.state = state;
  }

  /** What documents call it; disabling goes by document only. */
  static Mtls mode(String word) {
    return switch (word) {
      case "strict" -> Mtls.STRICT;
      case "permissive" -> Mtls.PERMISSIVE;
      default -> throw new ApiException(400, "mtls: '" + word + "' (allowed: strict, permissive)");
    };
  }

  /** Looks, and puts the document in force; 409 with every reason where it is not safe. */
  Done make(Wish wish) throws InterruptedException {
    var reasons = wish.mtls() == Mtls.STRICT ? reasons(wish) : List.<String>of();
    if (!reasons.isEmpty() && !wish.force()) {
      var head = wish.service().map(name -> name + "." + wish.namespace()).orElse(wish.namespace());
      throw new ApiException(
          409,
          Stream.concat(
                  Stream.of(head + " does not become strict (--force: all the same), because"),
                  reasons.stream())
              .map(MtlsChange::problem)
              .toList());
    }
    var source = "mtls " + Assessment.word(wish.mtls());
    try {
      var applied = registry.apply(reader.read(source, document(wish).toString())).getFirst();
      return new Done(
          applied.key().toString(), applied.change().name().toLowerCase(Locale.ROOT), reasons);
    } catch (InvalidDocumentsException e) {
      throw new ApiException(409, e.problems());
    }
  }

  private static Problem problem(String message) {
    return new Problem("", 0, "", "", message, "");
  }

  /** The clients' side, then the servers'. */
  private List<String> reasons(Wish wish) throws InterruptedException {
    var services = state.targeted(wish.namespace(), wish.service(), wish.window());
    var found = new ArrayList<String>();
    if (services.isEmpty()) {
      found.add(
          wish.service()
              .map(name -> "there is no service " + name + " in namespace " + wish.namespace())
              .orElse(
                  "namespace "
                      + wish.namespace()
                      + " has no services, or all have a MeshIdentity of their own"));
    }
    if (!state.identities()) {
      found.add("control gives out no identities (--identity is off)");
    }
    state
        .notAcknowledged()
        .forEach(sidecar -> found.add(sidecar + " has not acknowledged the newest trust bundle"));
    services.stream().map(ServiceMtls::blockers).forEach(found::addAll);
    return found.size() <= MAX_REASONS
        ? found
        : Stream.concat(
                found.stream().limit(MAX_REASONS),
                Stream.of("and " + (found.size() - MAX_REASONS) + " more reasons"))
            .toList();
  }

  /** The one that is in force, with its ports and probes; else a new one. */
  private ObjectNode document(Wish wish) {
    var json = inForce(wish).map(MtlsChange::tree).orElseGet(() -> made(wish));
    json.withObjectProperty("spec").put("mtls", Assessment.word(wish.mtls()));
    return json;
  }

  private Optional<StoredDocument> inForce(Wish wish) {
    return registry.documents().stream()
        .filter(
            stored ->
                stored.document() instanceof MeshIdentity identity
                    && identity.metadata().namespace().equals(wish.namespace())
                    && identity.service().equals(wish.service()))
        .findFirst();
  }

  private static ObjectNode tree(StoredDocument stored) {
    return (ObjectNode) Json.stored(stored.json());
  }

  private ObjectNode made(Wish wish) {
    var json =
        Json.object().put("apiVersion", Kind.API_VERSION).put("kind", Kind.MESH_IDENTITY.text());
    json.putObject("metadata").put("namespace", wish.namespace()).put("name", freeName(wish));
    var spec = json.putObject("spec");
    wish.service()
        .ifPresent(name -> spec.putObject("targetRef").put("kind", "Service").put("name", name));
    return json;
  }

  /** Not that of a document which is about something else: that would be lost. */
  private String freeName(Wish wish) {
    var wanted = wish.service().orElse("all-services");
    return Stream.iterate(1, number -> number + 1)
        .map(number -> number == 1 ? wanted : wanted + "-" + number)
        .filter(name -> isFree(new DocumentKey(Kind.MESH_IDENTITY, wish.namespace(), name)))
        .findFirst()
        .orElseThrow();
  }

  private boolean isFree(DocumentKey key) {
    return registry.document(key).isEmpty();
  }
}
