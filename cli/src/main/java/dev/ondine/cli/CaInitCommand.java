package dev.ondine.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ondine ca init}: an authority whose root's key stays elsewhere. */
@Command(
    name = "init",
    description = "Make a root in a folder of its own, and an intermediate of it for control.")
final class CaInitCommand implements Runnable {
  private final Terminal terminal;
  @Mixin private CaFolderOption folder = new CaFolderOption();

  @Option(
      names = "--offline-root",
      paramLabel = "FOLDER",
      required = true,
      description = "Where the root and its key go, such as a medium that is taken away.")
  private Path offlineRoot = Path.of("");

  @Option(
      names = "--trust-domain",
      paramLabel = "NAME",
      defaultValue = "mesh.local",
      description = "The name that all identities begin with (default: mesh.local).")
  private String trustDomain = "";

  CaInitCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    CaFolderOption.explained(
        () -> {
          var open = folder.open();
          var made = CaFolderOption.setup().init(trustDomain, offlineRoot, open);
          CaFolderOption.print(open, made, terminal.out());
          return made;
        });
    terminal.out().println("root and its key in " + offlineRoot.toAbsolutePath());
  }
}
