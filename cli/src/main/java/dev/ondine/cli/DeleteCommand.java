package dev.ondine.cli;

import dev.ondine.control.policy.Kind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code ondine delete}: deletes one document. */
@Command(name = "delete", description = "Delete a document.")
final class DeleteCommand implements Runnable {
  private final Terminal terminal;
  @Mixin private AdminOptions admin = new AdminOptions();
  @Mixin private NamespaceOption namespace = new NamespaceOption();

  @Parameters(index = "0", paramLabel = "KIND", converter = KindArgument.class)
  private Kind kind = Kind.SERVICE;

  @Parameters(index = "1", paramLabel = "NAME")
  private String name = "";

  DeleteCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var answer = admin.client().delete(DocumentPath.of(kind, namespace.orDefault(), name));
    terminal.out().println(answer.path("key").asText() + " deleted");
  }
}
