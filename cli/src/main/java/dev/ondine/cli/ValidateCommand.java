package dev.ondine.cli;

import dev.ondine.control.policy.DocumentReader;
import dev.ondine.control.policy.InvalidDocumentsException;
import dev.ondine.control.policy.Problem;
import dev.ondine.control.policy.SourcedDocument;
import dev.ondine.control.registry.DocumentCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code ondine validate}: looks for faults in documents, as apply would, without control. */
@Command(
    name = "validate",
    description = "Look for faults in documents, as apply does, but without a control plane.")
final class ValidateCommand implements Runnable {
  private final Terminal terminal;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE|FOLDER|-",
      description = "Files, folders (their .yaml, .yml and .json files), or - for standard input.")
  private List<String> names = List.of();

  ValidateCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var reader = new DocumentReader();
    var documents = new ArrayList<SourcedDocument>();
    var problems = new ArrayList<Problem>();
    var files = DocumentFiles.read(names, terminal);
    for (var file : files) {
      try {
        documents.addAll(reader.read(file.source(), file.text()));
      } catch (InvalidDocumentsException e) {
        problems.addAll(e.problems());
      }
    }
    try {
      DocumentCheck.among(documents);
    } catch (InvalidDocumentsException e) {
      problems.addAll(e.problems());
    }
    if (!problems.isEmpty()) {
      throw new CliException(
          ExitCode.INVALID_DOCUMENTS,
          problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    }
    terminal.out().printf("valid: %d documents in %d files%n", documents.size(), files.size());
  }
}
