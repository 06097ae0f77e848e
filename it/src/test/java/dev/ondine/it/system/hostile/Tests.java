package dev.ondine.it.system.hostile;

import dev.ondine.base.report.Report;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** The acceptance tests that hostile input has to pass, by number, and what came of each. */
final class Tests {
  /**
   * One of them.
   *
   * @param least runs below which lines of the data must have got lost
   * @param elsewhere the command that shows it, or empty: the cases here do
   */
  private record Test(String number, String what, int least, String elsewhere) {}

  private static final List<Test> ALL =
      List.of(
          here("T01", 68, "Content-Length and Transfer-Encoding"),
          here("T02", 116, "ways to write Transfer-Encoding"),
          here("T03", 104, "bad Content-Lengths"),
          here("T04", 136, "faults in chunks: the workload's exchange breaks off"),
          here("T05", 222, "syntax of heads"),
          here("T06", 126, "Host and absolute targets"),
          here("T07", 156, "spellings of a path (its DENY policy comes with access policy)"),
          here("T08", 40, "sizes"),
          here("T09", 60, "trailers"),
          here("T10", 466, "answers without bodies, 1xx, faulty answers"),
          here("T11", 44, "answers that nobody asked for"),
          here("T12", 42, "Expect, early answers"),
          here("T13", 32, "Upgrade"),
          here("T14", 44, "what Connection nominates"),
          here("T15", 13, "headers of the mesh (identity comes later)"),
          elsewhere("T16", "h2spec", "./ondine it h2spec"),
          here("T17", 142, "HTTP/2 heads, also on their way to HTTP/1"),
          here("T18", 104, "HTTP/2 lengths and headers of a connection"),
          here("T19", 1, "rapid reset"),
          here("T20", 18, "resets that the client makes us send"),
          here("T21", 44, "CONTINUATION flood, HPACK bomb"),
          here("T22", 64, "floods of frames without content"),
          here("T23", 2, "windows that stay shut"),
          elsewhere("T24", "gRPC interoperability", "./ondine it grpc-interop"),
          elsewhere("T37", "slow clients", "./ondine it overload"),
          elsewhere("T38", "no descriptors, no memory", "./ondine it overload"));

  private final List<Outcome> outcomes = new ArrayList<>();

  private static Test here(String number, int least, String what) {
    return new Test(number, what, least, "");
  }

  private static Test elsewhere(String number, String what, String command) {
    return new Test(number, what, 0, command);
  }

  void add(List<Outcome> more) {
    outcomes.addAll(more);
  }

  List<Outcome> failed() {
    return outcomes.stream().filter(outcome -> !outcome.passed()).toList();
  }

  /** A table by number, then every run that failed and what was seen in it. */
  void print(PrintStream out) {
    out.printf("%-5s %-62s %6s %6s %6s%n", "test", "what", "runs", "passed", "failed");
    for (var test : ALL) {
      if (test.elsewhere.isEmpty()) {
        var runs = of(test);
        var failed = runs.stream().filter(run -> !run.passed()).count();
        out.printf(
            "%-5s %-62s %6d %6d %6d%n",
            test.number, test.what, runs.size(), runs.size() - failed, failed);
      } else {
        out.printf("%-5s %-62s shown by %s%n", test.number, test.what, test.elsewhere);
      }
    }
    out.println();
    for (var outcome : failed()) {
      out.println(outcome.test() + " " + outcome.what());
      outcome.problems().forEach(problem -> out.println("    " + problem));
    }
    out.println();
  }

  /**
   * Figures for each number that is shown here.
   *
   * @param complete whether all were to run: one with too few runs is not shown, then
   */
  void report(Report report, boolean complete) {
    for (var test : ALL) {
      var runs = of(test);
      if (test.elsewhere.isEmpty() && (complete || !runs.isEmpty())) {
        report.atLeast(test.number + "_runs", runs.size(), complete ? test.least : 1);
        report.exactly(test.number + "_failed", runs.stream().filter(r -> !r.passed()).count(), 0L);
      }
    }
  }

  private List<Outcome> of(Test test) {
    return outcomes.stream().filter(outcome -> outcome.test().equals(test.number)).toList();
  }
}
