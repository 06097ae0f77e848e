package dev.ondine.cli;

import dev.ondine.control.policy.Metadata;
import java.util.Optional;
import picocli.CommandLine.Option;

/** In which namespace: the same option everywhere. */
final class NamespaceOption {
  @Option(
      names = {"-n", "--namespace"},
      paramLabel = "NAMESPACE",
      description = "Namespace; for one document 'default' when left out, for lists all.")
  private Optional<String> namespace = Optional.empty();

  /** The one that was given. */
  Optional<String> given() {
    return namespace;
  }

  /** The one that was given, else {@code default}. */
  String orDefault() {
    return namespace.orElse(Metadata.DEFAULT_NAMESPACE);
  }
}
