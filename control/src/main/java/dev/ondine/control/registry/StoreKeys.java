package dev.ondine.control.registry;

import dev.ondine.control.policy.DocumentKey;
import dev.ondine.control.policy.Kind;
import java.util.List;
import java.util.Optional;

/** Under which keys the registry keeps its things in the store. */
final class StoreKeys {
  private static final String DOCUMENT = "document";
  private static final String REGISTRATION = "registration";
  private static final String VIRTUAL_IP = "virtual-ip";
  private static final String UNDECLARED = "undeclared";

  /** What a key stands for. */
  sealed interface Meaning {
    record OfDocument(DocumentKey key) implements Meaning {}

    record OfRegistration(WorkloadKey key) implements Meaning {}

    record OfVirtualIp(ServiceKey key) implements Meaning {}

    /** The ports that an undeclared service was last seen with. */
    record OfUndeclared(ServiceKey key) implements Meaning {}
  }

  private StoreKeys() {}

  static String of(DocumentKey key) {
    return DOCUMENT + "/" + key.kind().text() + "/" + key.namespace() + "/" + key.name();
  }

  static String of(WorkloadKey key) {
    return REGISTRATION + "/" + key.namespace() + "/" + key.name();
  }

  static String ofVirtualIp(ServiceKey key) {
    return VIRTUAL_IP + "/" + key.namespace() + "/" + key.name();
  }

  static String ofUndeclared(ServiceKey key) {
    return UNDECLARED + "/" + key.namespace() + "/" + key.name();
  }

  /** What the key stands for; empty for keys that are not the registry's. */
  static Optional<Meaning> parse(String key) {
    var parts = List.of(key.split("/", -1));
    if (parts.size() == 4 && parts.getFirst().equals(DOCUMENT)) {
      return Kind.of(parts.get(1))
          .map(kind -> new Meaning.OfDocument(new DocumentKey(kind, parts.get(2), parts.get(3))));
    }
    if (parts.size() != 3) {
      return Optional.empty();
    }
    return switch (parts.getFirst()) {
      case REGISTRATION ->
          Optional.of(new Meaning.OfRegistration(new WorkloadKey(parts.get(1), parts.get(2))));
      case VIRTUAL_IP ->
          Optional.of(new Meaning.OfVirtualIp(new ServiceKey(parts.get(1), parts.get(2))));
      case UNDECLARED ->
          Optional.of(new Meaning.OfUndeclared(new ServiceKey(parts.get(1), parts.get(2))));
      default -> Optional.empty();
    };
  }
}
