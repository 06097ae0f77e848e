package dev.ondine.bench.proxy;

import dev.ondine.testkit.process.Processes;
import dev.ondine.testkit.scenario.Run;
import dev.ondine.testkit.scenario.Scenario;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * HTTP/1.1 through one sidecar: how many requests it answers for each second of CPU time, compared
 * with Envoy's. The two take turns, so that a machine that slows down slows down both.
 */
public final class ProxyBenchmark implements Scenario {
  /** The target of the issue: our requests per CPU second over Envoy's. */
  private static final double TARGET = 1.5;

  @Override
  public String name() {
    return "proxy";
  }

  @Override
  public String summary() {
    return "HTTP/1.1 requests for each CPU second, our sidecar and Envoy in turns on one core";
  }

  /**
   * How long it runs.
   *
   * @param warmUpSeconds of load for each proxy before the first round: a JVM compiles meanwhile
   */
  private record Plan(int warmUpSeconds, int rounds, int roundSeconds, int directSeconds) {
    static Plan of(Run run) {
      return run.full() ? new Plan(60, 11, 30, 10) : new Plan(20, 5, 8, 4);
    }
  }

  @Override
  public void run(Run run) throws Exception {
    requireTwoCores();
    var plan = Plan.of(run);
    try (var processes = new Processes(run.work())) {
      var workplace = new Workplace(processes, run.work());
      var backend = Backend.start(workplace);
      var contenders =
          List.of(
              Envoy.start(workplace, tools(), backend, run.out()),
              OndineSidecar.start(workplace, run.home(), backend));
      var direct = workplace.load("direct", backend.port(), plan.directSeconds());
      for (var contender : contenders) {
        run.out().println("warming up " + contender.name());
        workplace.awaitAnswer(contender);
        workplace.load(contender.name(), contender.port(), plan.warmUpSeconds());
      }
      var samples = rounds(run, workplace, backend, contenders, plan);
      report(run, direct, samples);
    }
  }

  /** Where fetched programs are kept for the next run. */
  private static Path tools() {
    return Path.of(System.getProperty("ondine.repository", "."), "target", "tools");
  }

  private static Map<String, List<Sample>> rounds(
      Run run, Workplace workplace, Backend backend, List<Contender> contenders, Plan plan)
      throws IOException, InterruptedException {
    var samples = new LinkedHashMap<String, List<Sample>>();
    run.out()
        .printf(
            "%-6s%-8s%14s%12s%9s%9s%9s%9s%n",
            "round", "proxy", "req/CPU-s", "req/s", "core %", "p50 ms", "p99 ms", "RSS MiB");
    for (var round = 1; round <= plan.rounds(); round++) {
      for (var contender : contenders) {
        var sample = workplace.measure(contender, backend, plan.roundSeconds());
        samples.computeIfAbsent(contender.name(), _ -> new ArrayList<>()).add(sample);
        run.out()
            .printf(
                Locale.ROOT,
                "%-6d%-8s%14.0f%12.0f%9.0f%9.2f%9.2f%9.1f%n",
                round,
                contender.name(),
                sample.requestsPerCpuSecond(),
                sample.load().requestsPerSecond(),
                sample.cpuShare() * 100,
                sample.load().p50Millis(),
                sample.load().p99Millis(),
                sample.residentMiB());
      }
    }
    return samples;
  }

  private static void report(Run run, Load direct, Map<String, List<Sample>> samples) {
    var report = run.report();
    var envoy = samples.getOrDefault("envoy", List.of());
    var ondine = samples.getOrDefault("ondine", List.of());
    var ratios =
        IntStream.range(0, ondine.size())
            .mapToObj(
                round ->
                    ondine.get(round).requestsPerCpuSecond()
                        / envoy.get(round).requestsPerCpuSecond())
            .toList();
    var ratio = Spread.of(ratios);
    report.atLeast("ondine_over_envoy_requests_per_cpu_second", ratio.median(), TARGET);
    report.tell("ondine_over_envoy_requests_per_cpu_second_min", ratio.min());
    report.tell("ondine_over_envoy_requests_per_cpu_second_max", ratio.max());
    samples.forEach(
        (name, rounds) -> {
          tell(run, name + "_requests_per_cpu_second", rounds, Sample::requestsPerCpuSecond);
          tell(run, name + "_requests_per_second", rounds, s -> s.load().requestsPerSecond());
          tell(run, name + "_core_percent", rounds, sample -> sample.cpuShare() * 100);
          tell(run, name + "_p50_ms", rounds, sample -> sample.load().p50Millis());
          tell(run, name + "_p99_ms", rounds, sample -> sample.load().p99Millis());
          tell(run, name + "_rss_mib", rounds, Sample::residentMiB);
        });
    report.tell("direct_requests_per_second", direct.requestsPerSecond());
    report.tell("direct_p50_ms", direct.p50Millis());
    report.tell("direct_p99_ms", direct.p99Millis());
  }

  private static void tell(
      Run run, String name, List<Sample> rounds, ToDoubleFunction<Sample> value) {
    var spread = Spread.of(rounds.stream().mapToDouble(value).boxed().toList());
    run.report().tell(name, spread.median());
    run.report().tell(name + "_min", spread.min());
    run.report().tell(name + "_max", spread.max());
  }

  private static void requireTwoCores() throws IOException {
    if (Runtime.getRuntime().availableProcessors() < 2) {
      throw new IOException("two cores are needed: one for the proxies, one for load and backend");
    }
  }
}
