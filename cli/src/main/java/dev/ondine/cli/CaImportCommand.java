package dev.ondine.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code ondine ca import}: takes over an intermediate that somebody else made. */
@Command(
    name = "import",
    description =
        "Take over an intermediate with its key and chain, or a root alone where a command signs;"
            + " a running control uses it within seconds.")
final class CaImportCommand implements Runnable {
  private final Terminal terminal;
  @Mixin private CaFolderOption folder = new CaFolderOption();

  @Parameters(index = "0", paramLabel = "FILE", description = "PEM.")
  private Path file = Path.of("");

  CaImportCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    CaFolderOption.explained(
        () -> {
          var open = folder.open();
          var summary = CaFolderOption.setup().importFile(file, open);
          CaFolderOption.print(open, summary, terminal.out());
          return summary;
        });
  }
}
