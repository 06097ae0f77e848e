package dev.ondine.cli.demo;

import static dev.ondine.cli.demo.Stage.format;
import static dev.ondine.cli.demo.Stage.millis;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ondine.cli.demo.check.ClientLine;
import dev.ondine.cli.demo.check.Percentiles;
import dev.ondine.cli.demo.world.DemoException;
import dev.ondine.cli.demo.world.ShopService;
import dev.ondine.cli.demo.world.Workload;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** How names are found: first, late, never, and how they are forgotten. */
final class DiscoverySteps {
  private static final int NAMES = 200;
  private static final List<String> UNKNOWN = List.of("nosuch", "nobody", "nowhere");
  private static final int UNKNOWN_TIMES = 10;

  /** An address that no name of the mesh resolves to; nobody is asked there. */
  private static final String NOT_VIRTUAL = "10.77.0.1";

  private static final String VISITOR = "visitor";

  private final Stage stage;
  private final long began;
  private final PrintWriter out;

  /**
   * @param began when the demo did
   */
  DiscoverySteps(Stage stage, long began, PrintWriter out) {
    this.stage = stage;
    this.began = began;
    this.out = out;
  }

  List<Step> steps() {
    return List.of(
        new Step("first request", this::first),
        new Step("who found whom", this::clusters),
        new Step("a cold sidecar", this::cold),
        new Step(NAMES + " names, warm", this::names),
        new Step("a late service", this::late),
        new Step("an unknown service", this::unknown),
        new Step("idle names", this::idle));
  }

  private String first() throws DemoException, IOException {
    var answer = stage.shopOnce("first");
    return format(
        "%.0f ms through six services that nobody had found yet: %s",
        millis(answer), answer.path("body").asText().strip());
  }

  /** Exactly what it called; the admin ports tell. */
  private String clusters() throws IOException {
    out.println();
    new DiscoveryTable(began)
        .print(stage.shop.workloads(), stage.addresses, stage.patience.nanos(), out);
    out.println();
    var perSidecar = new LinkedHashMap<String, Object>();
    var wrong = new ArrayList<String>();
    for (var workload : stage.shop.workloads()) {
      var found = Discovered.services(stage.discovered(workload));
      var called = called(workload);
      perSidecar.put(workload.name(), found);
      if (!found.equals(called)) {
        wrong.add(workload.name() + " called " + called + " but knows " + found);
      }
    }
    stage.findings.tell("clusters_per_sidecar", perSidecar);
    stage.findings.exactly("clusters_exactly_as_called", wrong.isEmpty(), true);
    return wrong.isEmpty() ? "each sidecar knows exactly what it called" : String.join("; ", wrong);
  }

  private Set<String> called(Workload workload) {
    if (!workload.serves()) {
      return Set.of("web"); // the customer
    }
    return ShopService.named(workload.service()).calls();
  }

  /** A sidecar that has just started, its code as cold as its cache; the client is curl. */
  private String cold() throws DemoException, IOException, InterruptedException {
    var visitor =
        stage.shop.startCaller(
            VISITOR,
            List.of("sleep", "600"),
            Map.of("ONDINE_DISCOVERY", "idle=1s,idleJitter=0s,drain=100ms"));
    stage.shop.awaitReady(visitor);
    var timing = stage.visit(visitor, "cold-1", "http://catalog/item.json");
    stage.findings.tell("cold_first_request_ms", Findings.rounded(timing));
    return format("its first request took %.1f ms", timing);
  }

  /** Names that all lead to one instance: what differs between two requests is the discovery. */
  private String names() throws DemoException, IOException, InterruptedException {
    var backend = stage.shop.workload("catalog-0");
    var documents = new StringBuilder();
    var urls = new ArrayList<String>();
    for (var i = 1; i <= NAMES; i++) {
      var name = format("item-%03d", i);
      documents.append(Documents.service(name, backend)).append(Documents.workload(name, backend));
      urls.add("http://" + name + "/item.json");
    }
    Documents.apply(stage.shop.control(), documents.toString());
    var warmUp = stage.burst("warm-up", "http://web/shop", 300, 4);
    if (warmUp.failed() > 0) {
      throw new DemoException("while warming up, " + warmUp);
    }
    var first = new ArrayList<Double>();
    var warm = new ArrayList<Double>();
    var pairs = stage.customer().tell(Map.of("do", "pairs", "label", "names", "urls", urls));
    for (var pair : pairs) {
      mustBeServed(pair.path(0));
      mustBeServed(pair.path(1));
      first.add(millis(pair.path(0)));
      warm.add(millis(pair.path(1)));
    }
    var firsts = Percentiles.of(first);
    var warmP50 = Percentiles.of(warm).median();
    var figures = new LinkedHashMap<String, Object>();
    figures.put("p50", Findings.rounded(firsts.at(50)));
    figures.put("p99", Findings.rounded(firsts.at(99)));
    figures.put("warm_p50", Findings.rounded(warmP50));
    figures.put("n", first.size());
    stage.findings.tell("first_request_ms", figures);
    stage.findings.atLeast("first_request_names", first.size(), NAMES);
    stage.findings.within("first_request_added_p50_ms", firsts.median() - warmP50, 15);
    return format(
        "first request p50 %.1f ms, p99 %.1f ms; the next one p50 %.1f ms",
        firsts.at(50), firsts.at(99), warmP50);
  }

  private static void mustBeServed(JsonNode answer) throws DemoException {
    if (answer.path("status").asInt() != 200) {
      throw new DemoException("one of the names was not served: " + answer);
    }
  }

  /**
   * A program that looks the name up is told that there is none; one that comes with an address of
   * its own is told so in HTTP. Of several names the middle one counts, and of its requests the
   * worst, which is the first: it asks control.
   */
  private String unknown() throws DemoException, IOException {
    var statuses = new TreeSet<Integer>();
    var worst = new ArrayList<Double>();
    for (var name : UNKNOWN) {
      var times = new ArrayList<Double>();
      for (var answer : askInVain(name)) {
        statuses.add(answer.path("status").asInt());
        times.add(millis(answer));
      }
      worst.add(Findings.rounded(Collections.max(times)));
    }
    stage.findings.exactly(
        "unknown_service_status", statuses.size() == 1 ? statuses.first() : -1, 404);
    stage.findings.within("unknown_service_ms", Percentiles.of(worst).median(), 20);
    var text =
        format(
            "%d names, each %d times: status %s, at most %s ms",
            UNKNOWN.size(), UNKNOWN_TIMES, statuses, worst);
    return stage.shop.place().isIntercepted() ? text + unknownName() : text;
  }

  private JsonNode askInVain(String name) throws DemoException, IOException {
    return stage
        .customer()
        .tell(
            Map.of(
                "do",
                "get",
                "label",
                "unknown",
                "url",
                "http://" + name + "/",
                "address",
                NOT_VIRTUAL,
                "times",
                UNKNOWN_TIMES,
                "expected",
                404));
  }

  private String unknownName() throws DemoException, IOException {
    var address = stage.customer().tell(Map.of("do", "resolve", "name", "nosuchname"));
    stage.findings.exactly(
        "unknown_name_resolves", !address.path("address").asText().isEmpty(), false);
    return format("; its name does not resolve (%.1f ms)", address.path("millis").asDouble());
  }

  /** Asked for before it is there; usable as soon as it is. */
  private String late() throws DemoException, IOException, InterruptedException {
    stage.findings.tell("late_service_ok", false);
    var url = "http://latecomer/item.json";
    var before = stage.get("early", url, ClientLine.ANY);
    if (before.path("status").asInt() == 200) {
      throw new DemoException("a service that is not there was served: " + before);
    }
    var began = stage.patience.nanos();
    var backend = stage.shop.workload("catalog-0");
    Documents.apply(
        stage.shop.control(),
        Documents.service("latecomer", backend) + Documents.workload("latecomer", backend));
    var applied = stage.patience.millisSince(began);
    began = stage.patience.nanos();
    stage.patience.until(
        Duration.ofSeconds(3),
        Duration.ofMillis(5),
        "the late service was not usable",
        () -> stage.get("late", url, ClientLine.ANY).path("status").asInt() == 200);
    var usable = stage.patience.millisSince(began);
    stage.findings.exactly("late_service_ok", true, true);
    return format("usable %.1f ms after control took it (which took %.1f ms)", usable, applied);
  }

  private String idle() throws DemoException, IOException, InterruptedException {
    stage.findings.tell("idle_evicted", false);
    var visitor = stage.shop.workload(VISITOR);
    stage.visit(visitor, "idle-1", "http://catalog/item.json");
    var used = Discovered.services(stage.discovered(visitor));
    if (!used.contains("catalog")) {
      throw new DemoException("the visitor's sidecar called catalog but knows " + used);
    }
    var evicted =
        stage.patience.until(
            Duration.ofSeconds(6),
            Duration.ofMillis(50),
            "a name that nobody uses was not forgotten",
            () -> stage.discovered(visitor).isEmpty());
    stage.findings.exactly("idle_evicted", true, true);
    return format("forgotten %.1f s after the last use (its limit: 1 s)", evicted.toMillis() / 1e3);
  }
}
