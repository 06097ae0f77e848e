package dev.ondine.cli.demo;

import dev.ondine.cli.Table;
import dev.ondine.cli.demo.world.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Who discovered what, when, and how long it waited. Remembers when it first saw each name. */
final class DiscoveryTable {
  private final long began;
  private final Map<String, Double> since = new HashMap<>();

  /**
   * @param began the moment that times are counted from, of the ticker that later ones come from
   */
  DiscoveryTable(long began) {
    this.began = began;
  }

  /** Asks all sidecars and prints what they know. One that has ended has no rows. */
  void print(List<Workload> workloads, VirtualIps addresses, long now, PrintWriter out) {
    var table = empty();
    for (var workload : workloads) {
      try {
        Discovered.by(workload, addresses).forEach(name -> row(table, name, now));
      } catch (IOException _) {
        // it is starting, or it has ended
      }
    }
    table.print(out, "nobody has discovered anything");
  }

  static Table empty() {
    return new Table("SIDECAR", "DISCOVERED", "STATE", "AT", "WAITED", "ENDPOINTS", "REQUESTS");
  }

  void row(Table table, Discovered name, long now) {
    var at =
        since.computeIfAbsent(
            name.sidecar() + " " + name.name(),
            _ -> Math.max(0, (now - began) / 1e9 - name.inStateMillis() / 1e3));
    table.row(
        name.sidecar(),
        name.shortName(),
        name.state(),
        String.format(Locale.ROOT, "%.1f s", at),
        Double.isNaN(name.waitedMillis())
            ? ""
            : String.format(Locale.ROOT, "%.1f ms", name.waitedMillis()),
        name.endpoints(),
        name.requests());
  }
}
