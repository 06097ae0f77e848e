package dev.ondine.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code ondine status}: what is alive now. */
@Command(
    name = "status",
    description = "Show what is alive now: control, sidecars, services or workloads.")
final class StatusCommand implements Runnable {
  /** What to show. */
  enum View {
    /** How control does. */
    CONTROL,
    /** What each sidecar subscribes to, and whether it accepted what it was sent. */
    SIDECARS,
    SERVICES,
    WORKLOADS
  }

  private final Terminal terminal;
  @Mixin private AdminOptions admin = new AdminOptions();
  @Mixin private OutputOptions output = new OutputOptions();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "control|sidecars|services|workloads",
      defaultValue = "control",
      description = "What to show (default: control).")
  private View view = View.CONTROL;

  StatusCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public void run() {
    var path = view == View.CONTROL ? "status" : view.name().toLowerCase(Locale.ROOT);
    output.print(terminal, admin.client().get("/v1/" + path), this::print);
  }

  private void print(JsonNode answer) {
    switch (view) {
      case CONTROL -> StatusTables.control(answer, terminal.out());
      case SIDECARS -> SidecarTable.print(answer, terminal.out());
      case SERVICES -> StatusTables.services(answer, terminal.out());
      case WORKLOADS -> StatusTables.workloads(answer, terminal.out());
    }
  }
}
