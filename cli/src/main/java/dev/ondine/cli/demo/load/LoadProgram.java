package dev.ondine.cli.demo.load;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ondine.base.time.Ticker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The customer's process: does what the lines of its standard input say, each a JSON object, and
 * answers each with a line of JSON.
 */
public final class LoadProgram {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Customer customer;
  private final RequestLog log;
  private final Ticker ticker;
  private @Nullable OpenLoop load;

  private LoadProgram(Customer customer, RequestLog log, Ticker ticker) {
    this.customer = customer;
    this.log = log;
    this.ticker = ticker;
  }

  /**
   * Works until the input ends.
   *
   * @param logFile see {@link RequestLog}
   * @param proxy where everything is sent, where connections are not redirected
   */
  public static void run(
      InputStream in, PrintWriter out, Path logFile, Optional<InetSocketAddress> proxy)
      throws IOException, InterruptedException {
    // Each connection looks its name up, as most programs do. Read at the first look-up.
    Security.setProperty("networkaddress.cache.ttl", "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
    var ticker = Ticker.system();
    try (var log = new RequestLog(logFile)) {
      var customer = new Customer(new HttpClient(ticker, proxy), log);
      var program = new LoadProgram(customer, log, ticker);
      var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (var line = lines.readLine(); line != null; line = lines.readLine()) {
        out.println(JSON.writeValueAsString(program.obey(JSON.readTree(line))));
        out.flush();
      }
    }
  }

  private Object obey(JsonNode order) throws IOException, InterruptedException {
    var result =
        switch (order.path("do").asText()) {
          case "get" -> get(order);
          case "resolve" -> resolve(order.path("name").asText());
          case "pairs" -> customer.pairs(label(order), urls(order));
          case "start" -> start(order);
          case "sum" -> running().sum();
          case "stop" -> stop();
          case "burst" -> burst(order);
          default -> Map.of("error", "unknown order " + order);
        };
    log.flush();
    return result;
  }

  private List<Answer> get(JsonNode order) throws UnknownHostException {
    var address =
        order.has("address")
            ? Optional.of(InetAddress.getByName(order.path("address").asText()))
            : Optional.<InetAddress>empty();
    var answers = new ArrayList<Answer>();
    for (var i = 0; i < order.path("times").asInt(1); i++) {
      answers.add(
          customer.once(label(order), url(order), order.path("expected").asInt(200), address));
    }
    return answers;
  }

  /** What a name means, and how long it took to find out. */
  private Map<String, Object> resolve(String name) {
    var began = ticker.nanos();
    String address;
    try {
      address = InetAddress.getByName(name).getHostAddress();
    } catch (UnknownHostException _) {
      address = "";
    }
    return Map.of("address", address, "millis", (ticker.nanos() - began) / 1e6);
  }

  private Map<String, Object> start(JsonNode order) {
    if (load != null) {
      throw new IllegalStateException("a load runs already");
    }
    load =
        OpenLoop.start(customer, ticker, label(order), url(order), order.path("perSecond").asInt());
    return Map.of();
  }

  private Tally.Sum stop() throws InterruptedException {
    var sum = running().stop();
    load = null;
    return sum;
  }

  /** So many requests as fast as they are answered, so many at once. */
  private Tally.Sum burst(JsonNode order) throws InterruptedException {
    var tally = new Tally();
    var left = new Semaphore(order.path("requests").asInt());
    var threads = new ArrayList<Thread>();
    for (var i = 0; i < order.path("atOnce").asInt(8); i++) {
      threads.add(
          Thread.startVirtualThread(
              () -> {
                while (left.tryAcquire()) {
                  customer.again(label(order), url(order), tally);
                }
              }));
    }
    for (var thread : threads) {
      thread.join();
    }
    return tally.sum();
  }

  private OpenLoop running() {
    if (load == null) {
      throw new IllegalStateException("no load runs");
    }
    return load;
  }

  private static String label(JsonNode order) {
    return order.path("label").asText();
  }

  private static String url(JsonNode order) {
    return order.path("url").asText();
  }

  private static List<String> urls(JsonNode order) {
    var urls = new ArrayList<String>();
    order.path("urls").forEach(url -> urls.add(url.asText()));
    return urls;
  }
}
