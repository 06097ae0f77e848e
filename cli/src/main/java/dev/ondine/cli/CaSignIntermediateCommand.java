package dev.ondine.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ondine ca sign-intermediate}: a new intermediate, made where the root is. */
@Command(
    name = "sign-intermediate",
    description = "Make a new intermediate with an offline root; `ondine ca import` takes it over.")
final class CaSignIntermediateCommand implements Runnable {
  private final Terminal terminal;

  @Option(
      names = "--offline-root",
      paramLabel = "FOLDER",
      required = true,
      description = "Where the root and its key are.")
  private Path offlineRoot = Path.of("");

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description = "Where the intermediate's key and chain go; must not be there yet.")
  private Path out = Path.of("");

  CaSignIntermediateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var text = CaFolderOption.explained(() -> CaFolderOption.setup().signIntermediate(offlineRoot));
    try {
      Files.createFile(
          out, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(out, text);
    } catch (FileAlreadyExistsException _) {
      throw new CliException(ExitCode.FAILURE, out + " is there already (allowed: a new file)");
    } catch (IOException e) {
      throw new CliException(ExitCode.FAILURE, out + " cannot be written: " + e);
    }
    terminal.out().println("intermediate with its key in " + out + "; now `ondine ca import` it");
  }
}
