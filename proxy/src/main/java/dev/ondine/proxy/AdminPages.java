package dev.ondine.proxy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.ondine.base.config.Version;
import dev.ondine.base.metrics.Metrics;
import dev.ondine.proxy.discovery.NameReport;
import dev.ondine.proxy.telemetry.AdminService.Answer;
import dev.ondine.proxy.telemetry.AdminService.Page;
import dev.ondine.proxy.telemetry.UdpPassed;
import dev.ondine.proxy.transport.EventLoops;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What the sidecar's admin port says, page by page. */
final class AdminPages {
  private static final JsonFactory JSON = new JsonFactory();
  private static final double NANOS_PER_MILLI = 1e6;

  private final SidecarConfig config;
  private final Optional<UdpPassed> udp;
  private final Standing standing;
  private final Metrics metrics;
  private final EventLoops loops;
  private final Executor blocking;
  private final Consumer<Consumer<List<NameReport>>> discovered;
  private final Supplier<Map<String, SocketAddress>> listeners;

  /**
   * @param blocking where pages are made that take a while
   * @param discovered reports on every name, later
   * @param listeners what is listened on, by name
   */
  AdminPages(
      SidecarConfig config,
      Standing standing,
      Metrics metrics,
      EventLoops loops,
      Executor blocking,
      Consumer<Consumer<List<NameReport>>> discovered,
      Supplier<Map<String, SocketAddress>> listeners) {
    this.config = config;
    this.udp = config.udpCounters().map(file -> new UdpPassed(file, metrics));
    this.standing = standing;
    this.metrics = metrics;
    this.loops = loops;
    this.blocking = blocking;
    this.discovered = discovered;
    this.listeners = listeners;
  }

  /** All pages by path. */
  Map<String, Page> all() {
    return Map.of(
        "/ready", this::ready,
        "/metrics", then -> blocking.execute(() -> then.accept(metrics())),
        "/discovery", then -> discovered.accept(names -> then.accept(discovery(names))),
        "/info", then -> then.accept(info()));
  }

  /** Told by every loop in turn: a sidecar whose loops stand still is not ready. */
  private void ready(Consumer<Answer> then) {
    var waiting = new AtomicInteger(loops.all().size());
    for (var loop : loops.all()) {
      loop.execute(
          () -> {
            if (waiting.decrementAndGet() == 0) {
              then.accept(ready());
            }
          });
    }
  }

  private Answer ready() {
    var view = standing.view();
    var problem = view.notReady();
    var text =
        json(
            json -> {
              json.writeBooleanField("ready", problem.isEmpty());
              json.writeStringField("state", view.word());
              if (problem.isPresent()) {
                json.writeStringField("reason", problem.get());
              }
              json.writeStringField(
                  "control", view.control().map(why -> "out of reach: " + why).orElse("connected"));
              json.writeStringField(
                  "workload",
                  view.registered()
                      ? "registered"
                      : view.workload().map(why -> "not registered: " + why).orElse("none"));
            });
    return Answer.json(problem.isEmpty() ? 200 : 503, text);
  }

  private Answer metrics() {
    udp.ifPresent(UdpPassed::read);
    return new Answer(200, "text/plain; version=0.0.4; charset=utf-8", metrics.scrape());
  }

  private static Answer discovery(List<NameReport> names) {
    return Answer.json(
        200,
        json(
            json -> {
              json.writeArrayFieldStart("names");
              for (var name :
                  names.stream().sorted(Comparator.comparing(NameReport::key)).toList()) {
                json.writeStartObject();
                json.writeStringField("name", name.key());
                json.writeStringField("state", name.state());
                json.writeNumberField("in_state_ms", name.inState().toMillis());
                json.writeNumberField("endpoints", name.endpoints());
                json.writeNumberField("requests", name.requests());
                json.writeNumberField("waiters", name.waiters());
                if (name.waited().isPresent()) {
                  json.writeNumberField("waited_ms", millis(name.waited().get()));
                }
                json.writeEndObject();
              }
              json.writeEndArray();
            }));
  }

  private Answer info() {
    return Answer.json(
        200,
        json(
            json -> {
              json.writeStringField("version", Version.current());
              json.writeStringField("service", config.service());
              json.writeStringField("namespace", config.namespace());
              json.writeStringField("instance", config.instance());
              json.writeStringField("node", config.nodeId());
              json.writeStringField(
                  "mode", config.mode() == SidecarConfig.Mode.REDIRECT ? "redirect" : "explicit");
              json.writeStringField("control", config.control().toString());
              json.writeStringField("transport", loops.transport());
              json.writeNumberField("loops", loops.all().size());
              json.writeObjectFieldStart("listeners");
              for (var listener : listeners.get().entrySet()) {
                json.writeStringField(listener.getKey(), AddressText.of(listener.getValue()));
              }
              json.writeEndObject();
            }));
  }

  private static double millis(Duration time) {
    return Math.round(time.toNanos() / NANOS_PER_MILLI * 1_000) / 1_000.0;
  }

  /** Writes an object's fields. */
  @FunctionalInterface
  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  private static String json(Fields fields) {
    var text = new StringWriter();
    try (var json = JSON.createGenerator(text)) {
      json.useDefaultPrettyPrinter();
      json.writeStartObject();
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // not when writing to memory
    }
    return text + "\n";
  }
}
