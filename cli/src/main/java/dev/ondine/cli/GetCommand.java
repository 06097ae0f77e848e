package dev.ondine.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.ondine.control.policy.Kind;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code ondine get}: documents as they were applied. What is alive now is told by status. */
@Command(
    name = "get",
    description = "Show documents as they were applied (what is alive now: ondine status).")
final class GetCommand implements Runnable {
  private final Terminal terminal;
  @Mixin private AdminOptions admin = new AdminOptions();
  @Mixin private NamespaceOption namespace = new NamespaceOption();
  @Mixin private OutputOptions output = new OutputOptions();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "KIND",
      converter = KindArgument.class,
      description = "Which kind; all when left out.")
  private Optional<Kind> kind = Optional.empty();

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "NAME",
      description = "Which one; all of the kind when left out.")
  private Optional<String> name = Optional.empty();

  GetCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var found = JsonNodeFactory.instance.arrayNode();
    for (var item : admin.client().get(path()).path("documents")) {
      if (name.isPresent()
          || namespace.given().isEmpty()
          || namespace.given().get().equals(item.path("namespace").asText())) {
        found.add(item);
      }
    }
    switch (output.format()) {
      case TABLE -> table(found);
      case JSON -> terminal.out().println(Trees.json(documents(found)));
      // Such that it can be applied again.
      case YAML -> documents(found).forEach(d -> terminal.out().print("---\n" + Trees.yaml(d)));
    }
    terminal.out().flush();
  }

  private String path() {
    return name.isPresent()
        ? DocumentPath.of(kind.orElseThrow(), namespace.orDefault(), name.get())
        : kind.map(k -> "/v1/documents/" + k.text()).orElse("/v1/documents");
  }

  private void table(JsonNode found) {
    var table = new Table("KIND", "NAMESPACE", "NAME", "OWNER", "REVISION");
    for (var item : found) {
      table.row(
          item.path("kind").asText(),
          item.path("namespace").asText(),
          item.path("name").asText(),
          item.path("owner").asText(),
          item.path("revision").asLong());
    }
    table.print(terminal.out(), "no documents");
  }

  private static JsonNode documents(JsonNode found) {
    var documents = JsonNodeFactory.instance.arrayNode();
    found.forEach(item -> documents.add(item.path("document")));
    return documents;
  }
}
