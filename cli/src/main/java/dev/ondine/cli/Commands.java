package dev.ondine.cli;

import dev.ondine.cli.demo.CustomerCommand;
import dev.ondine.cli.demo.DemoCommand;
import java.util.List;

/**
 * The commands of {@code ondine}, in the order of the help text. A new command is one line here.
 */
final class Commands {
  private Commands() {}

  static List<Object> standard(Terminal terminal) {
    return List.of(
        new ControlCommand(terminal),
        new ApplyCommand(terminal),
        new ValidateCommand(terminal),
        new GetCommand(terminal),
        new DeleteCommand(terminal),
        new StatusCommand(terminal),
        TokenCommand.of(terminal),
        CaCommand.of(terminal),
        MtlsCommand.of(terminal),
        new DemoCommand(terminal),
        new CustomerCommand(terminal),
        new VersionCommand(terminal));
  }
}
