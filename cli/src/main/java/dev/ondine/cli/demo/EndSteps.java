package dev.ondine.cli.demo;

import dev.ondine.cli.demo.check.ClientLine;
import dev.ondine.cli.demo.check.LogComparison;
import dev.ondine.cli.demo.world.DemoException;
import dev.ondine.cli.demo.world.Logs;
import dev.ondine.cli.demo.world.ShopService;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Afterwards: whether clients and services tell the same story. */
final class EndSteps {
  /** nginx logs a request after its answer. */
  private static final Duration UNTIL_LOGGED = Duration.ofMillis(300);

  private final Stage stage;

  EndSteps(Stage stage) {
    this.stage = stage;
  }

  List<Step> steps() {
    return List.of(new Step("clients' and services' logs", this::compareLogs));
  }

  private String compareLogs() throws DemoException, IOException, InterruptedException {
    stage.patience.pause(UNTIL_LOGGED);
    var sent =
        Stream.concat(Logs.lines(stage.customer().log()), Logs.lines(stage.visitLog()))
            .map(ClientLine::parse)
            .flatMap(Optional::stream)
            .toList();
    var seen = new HashMap<String, Map<String, Integer>>();
    for (var workload : stage.shop.workloads()) {
      if (workload.serves()) {
        var ids = seen.computeIfAbsent(workload.service(), _ -> new HashMap<>());
        Stage.ids(workload).forEach((id, times) -> ids.merge(id, times, Integer::sum));
      }
    }
    var comparison = LogComparison.of(sent, seen, EndSteps::involved);
    stage.findings.tell("requests_total", comparison.requests());
    stage.findings.exactly("errors_total", comparison.errors(), 0);
    stage.findings.exactly("logs_agree", comparison.agree(), true);
    var text = comparison.requests() + " requests, " + comparison.errors() + " errors";
    if (!comparison.agree()) {
      return text
          + "; served but not seen: "
          + comparison.missing()
          + "; seen but not sent: "
          + comparison.strangers();
    }
    return text
        + "; each was seen by every service it needs; seen twice, by retries: "
        + (comparison.again().isEmpty() ? "none" : comparison.again());
  }

  /** The names of the documents all lead to the catalog. */
  private static Collection<String> involved(String to) {
    return ShopService.ALL.stream()
        .filter(service -> service.name().equals(to))
        .findFirst()
        .map(ShopService::involved)
        .orElseGet(() -> ShopService.named("catalog").involved());
  }
}
