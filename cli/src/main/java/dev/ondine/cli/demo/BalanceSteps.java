package dev.ondine.cli.demo;

import static dev.ondine.cli.demo.Stage.format;

import dev.ondine.cli.demo.world.DemoException;
import dev.ondine.cli.demo.world.ShopService;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/** Several instances of a service: how soon a new one is used, and whether all do the same work. */
final class BalanceSteps {
  private static final int REQUESTS = 3_000;

  private static final int MANY = 8;
  private static final String CATALOG = "catalog";
  private static final String CATALOG_URL = "http://catalog/item.json";

  private final Stage stage;

  BalanceSteps(Stage stage) {
    this.stage = stage;
  }

  List<Step> steps() {
    return List.of(new Step("scaling up", this::scaleUp), new Step("balance", this::balance));
  }

  /** From the moment its port is open until it answers a request. */
  private String scaleUp() throws DemoException, IOException, InterruptedException {
    var seen = new AtomicReference<>(Duration.ZERO);
    var load =
        stage.underLoad(
            "scale",
            Stage.RATE,
            () -> {
              var fresh = stage.shop.start(ShopService.named(CATALOG), CATALOG + "-1");
              stage.patience.until(
                  Duration.ofSeconds(15),
                  Duration.ofMillis(5),
                  fresh.name() + " did not listen",
                  fresh::isListening);
              seen.set(
                  stage.patience.until(
                      Duration.ofSeconds(5),
                      Duration.ofMillis(5),
                      fresh.name() + " got no request",
                      () -> !Stage.ids(fresh).isEmpty()));
            });
    stage.findings.tell("scale_up_seen_ms", seen.get().toMillis());
    stage.findings.exactly("scale_up_failed_requests", load.failed(), 0);
    stage.startReady(CATALOG, 2);
    stage.startReady("orders", 1);
    stage.startReady("orders", 2);
    return format(
        "a new instance had its first request %d ms after its port was open; %s",
        seen.get().toMillis(), load);
  }

  /**
   * The service is called directly, so that the balancing of one sidecar is measured. One request
   * after the other: of many at once an instance rightly gets fewer that the machine slows down.
   */
  private String balance() throws DemoException, IOException {
    var load = stage.burst("balance", CATALOG_URL, REQUESTS, 1);
    var shares = shares("balance");
    var skew = skew(shares);
    stage.findings.atLeast("balance_requests", (double) sum(shares), REQUESTS);
    stage.findings.atMost("balance_skew", skew, 1.3);
    var crowd = stage.burst("crowd", CATALOG_URL, REQUESTS / 2, MANY);
    var crowdSkew = skew(shares("crowd"));
    stage.findings.tell("balance_skew_8_at_once", Findings.rounded(crowdSkew));
    stage.findings.exactly("balance_failed_requests", load.failed() + crowd.failed(), 0);
    return format(
        "%s requests to equal instances: skew %.2f (%d at once: %.2f)",
        shares, skew, MANY, crowdSkew);
  }

  private List<Long> shares(String label) throws IOException {
    var shares = new ArrayList<Long>();
    for (var workload : stage.shop.workloads()) {
      if (workload.service().equals(CATALOG)) {
        shares.add(stage.seen(workload, label));
      }
    }
    return shares;
  }

  private static long sum(List<Long> shares) {
    return shares.stream().mapToLong(Long::longValue).sum();
  }

  /** The greatest share over the least. */
  private static double skew(List<Long> shares) {
    return (double) Collections.max(shares) / Math.max(1, Collections.min(shares));
  }
}
