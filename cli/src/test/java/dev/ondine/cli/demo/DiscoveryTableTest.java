package dev.ondine.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ondine.cli.Table;
import dev.ondine.testkit.Golden;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DiscoveryTableTest {
  private static final String ANSWER =
      """
      {"names": [
        {"name": "stock.default.mesh", "state": "warm", "in_state_ms": 1500, "endpoints": 2,
         "requests": 12, "waiters": 0, "waited_ms": 3.456},
        {"name": "prices.default.mesh:9000", "state": "idle", "in_state_ms": 10, "endpoints": 1,
         "requests": 1, "waiters": 0, "waited_ms": 12.0},
        {"name": "240.240.0.1:7000", "state": "warm", "in_state_ms": 900, "endpoints": 1,
         "requests": 4, "waiters": 0, "waited_ms": 1.0},
        {"name": "nosuch.default.mesh", "state": "missing", "in_state_ms": 20, "endpoints": 0,
         "requests": 0, "waiters": 0}
      ]}
      """;

  private final List<Discovered> names = read();

  private static List<Discovered> read() {
    try {
      return Discovered.read(
          "orders-0",
          new ObjectMapper().readTree(ANSWER),
          ip -> Map.of("240.240.0.1", "ledger").getOrDefault(ip, ""));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void showsWhoDiscoveredWhatWhenAndHowLongItWaited() {
    var table = new DiscoveryTable(1_000_000_000L);
    var rows = DiscoveryTable.empty();
    names.forEach(name -> table.row(rows, name, 11_000_000_000L));

    Golden.check("demo-discovery.txt", print(rows));
  }

  @Test
  void momentOfDiscoveryStaysWhenTheStateChanges() {
    var table = new DiscoveryTable(0);
    table.row(DiscoveryTable.empty(), named("warm", 2_000), 10_000_000_000L);
    var later = DiscoveryTable.empty();
    table.row(later, named("idle", 100), 20_000_000_000L);

    assertThat(print(later)).contains("8.0 s").doesNotContain("19.9 s");
  }

  @Test
  void onlyNamesWithABundleCountAsClusters() {
    assertThat(Discovered.services(names)).containsExactly("ledger", "prices", "stock");
  }

  private static Discovered named(String state, long inState) {
    return new Discovered("web-0", "orders.default.mesh", "orders", state, inState, 1, 1, 1);
  }

  private static String print(Table table) {
    var text = new StringWriter();
    table.print(new PrintWriter(text), "");
    return text.toString();
  }
}
