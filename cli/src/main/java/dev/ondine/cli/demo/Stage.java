package dev.ondine.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ondine.cli.demo.check.LogComparison;
import dev.ondine.cli.demo.load.Answer;
import dev.ondine.cli.demo.load.RequestLog;
import dev.ondine.cli.demo.world.CustomerProcess;
import dev.ondine.cli.demo.world.DemoException;
import dev.ondine.cli.demo.world.Logs;
import dev.ondine.cli.demo.world.Patience;
import dev.ondine.cli.demo.world.Shop;
import dev.ondine.cli.demo.world.ShopService;
import dev.ondine.cli.demo.world.Workload;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What all steps share: the shop, its customer, and where findings go. */
final class Stage {
  /** The customer's name, of the workload and the service. */
  static final String CUSTOMER = "shopper";

  /** Requests per second of a load: the machine may be small, and each meets six services. */
  static final int RATE = 40;

  private static final String FRONT = "http://web/shop";

  final Shop shop;
  final Patience patience;
  final Findings findings;
  final VirtualIps addresses;
  private final RequestLog visits;
  private @Nullable CustomerProcess customer;

  Stage(Shop shop, Patience patience, Findings findings) throws IOException {
    this.shop = shop;
    this.patience = patience;
    this.findings = findings;
    this.addresses = new VirtualIps(shop.control());
    this.visits = new RequestLog(visitLog());
  }

  /** What a workload's sidecar knows. */
  List<Discovered> discovered(Workload workload) throws IOException {
    return Discovered.by(workload, addresses);
  }

  /** Starts an instance of a service of the shop and waits until the mesh knows it. */
  Workload startReady(String service, int number)
      throws DemoException, IOException, InterruptedException {
    var workload = shop.start(ShopService.named(service), service + "-" + number);
    shop.awaitReady(workload);
    return workload;
  }

  /** Starts the customer. */
  CustomerProcess startCustomer() throws DemoException, IOException, InterruptedException {
    customer = shop.startCustomer(CUSTOMER);
    shop.awaitReady(customer.workload());
    return customer;
  }

  /** The customer, who is there once the services are. */
  CustomerProcess customer() throws DemoException {
    if (customer == null) {
      throw new DemoException("the customer was not started");
    }
    return customer;
  }

  /** What a load says at its end. */
  record Load(int requests, int failed, double p50, double p99, List<String> failures) {
    static Load of(JsonNode json) {
      var failures = new ArrayList<String>();
      json.path("failures").forEach(failure -> failures.add(failure.asText()));
      return new Load(
          json.path("requests").asInt(),
          json.path("failed").asInt(),
          json.path("p50").asDouble(),
          json.path("p99").asDouble(),
          failures);
    }

    @Override
    public String toString() {
      var text = String.format(Locale.ROOT, "%d of %d failed, p99 %.1f ms", failed, requests, p99);
      return failures.isEmpty() ? text : text + "; " + String.join("; ", failures);
    }
  }

  /** Something that happens while a load runs. */
  @FunctionalInterface
  interface Event {
    void happen() throws DemoException, IOException, InterruptedException;
  }

  /** Runs a load on the shop's front from a second before an event until a second after it. */
  Load underLoad(String label, int perSecond, Event event)
      throws DemoException, IOException, InterruptedException {
    startLoad(label, perSecond);
    try {
      patience.pause(Duration.ofMillis(700));
      event.happen();
      patience.pause(Duration.ofSeconds(1));
    } catch (DemoException | IOException e) {
      stopLoad();
      throw e;
    }
    return stopLoad();
  }

  void startLoad(String label, int perSecond) throws DemoException, IOException {
    customer().tell(Map.of("do", "start", "label", label, "url", FRONT, "perSecond", perSecond));
  }

  /** What has become of the load so far. */
  Load currentLoad() throws DemoException, IOException {
    return Load.of(customer().tell(Map.of("do", "sum")));
  }

  Load stopLoad() throws DemoException, IOException {
    return Load.of(customer().tell(Map.of("do", "stop")));
  }

  /** So many requests, several at once, as fast as they are answered. */
  Load burst(String label, String url, int requests, int atOnce) throws DemoException, IOException {
    return Load.of(
        customer()
            .tell(
                Map.of(
                    "do",
                    "burst",
                    "label",
                    label,
                    "url",
                    url,
                    "requests",
                    requests,
                    "atOnce",
                    atOnce)));
  }

  /** One request of the customer, over a connection of its own. */
  JsonNode get(String label, String url, int expected) throws DemoException, IOException {
    return customer()
        .tell(Map.of("do", "get", "label", label, "url", url, "expected", expected))
        .path(0);
  }

  /** A request to the shop's front must be served. */
  JsonNode shopOnce(String label) throws DemoException, IOException {
    var answer = get(label, FRONT, 200);
    if (answer.path("status").asInt() != 200) {
      throw new DemoException(
          FRONT
              + " answered "
              + answer.path("status").asInt()
              + " "
              + answer.path("body").asText().strip()
              + answer.path("failure").asText());
    }
    return answer;
  }

  /** One request of curl in a workload's network, which must be served; returns milliseconds. */
  double visit(Workload workload, String id, String url)
      throws DemoException, IOException, InterruptedException {
    var result = shop.curl(workload, url + "?id=" + id, "%{http_code} %{time_total}").split(" ", 2);
    var answer =
        new Answer(
            Integer.parseInt(result[0]), "", "", (long) (Double.parseDouble(result[1]) * 1e9));
    visits.add(id, URI.create(url).getHost(), answer, 200);
    visits.flush();
    if (!answer.ok()) {
      throw new DemoException("curl " + url + " from " + workload.name() + " got " + result[0]);
    }
    return answer.millis();
  }

  /** How many requests with a label an instance has seen. */
  long seen(Workload workload, String label) throws IOException {
    return ids(workload).keySet().stream().filter(id -> id.startsWith(label + "-")).count();
  }

  /** How often an instance of a service has seen each id. */
  static Map<String, Integer> ids(Workload workload) throws IOException {
    var log = workload.folder().resolve(ShopService.named(workload.service()).log());
    return LogComparison.ids(Logs.lines(log).filter(line -> !line.startsWith("failed ")));
  }

  /** The requests that curl sent. */
  Path visitLog() {
    return shop.place().folder().resolve("visits.log");
  }

  static double millis(JsonNode answer) {
    return answer.path("nanos").asDouble() / 1e6;
  }

  /** For people: whose decimals are points whatever the locale. */
  @SuppressWarnings("AnnotateFormatMethod") // its annotation is no dependency of ours
  static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
