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
          here("T01", 34, "Content-Length and Transfer-Encoding"),
          here("T02", 58, "ways to write Transfer-Encoding"),
          here("T03", 52, "bad Content-Lengths"),
          here("T04", 72, "faults in chunks: the workload's exchange breaks off"),
          here("T05", 112, "syntax of heads"),
          here("T06", 63, "Host and absolute targets"),
          here("T07", 78, "spellings of a path (its DENY policy comes with access policy)"),
          here("T08", 28, "sizes"),
          here("T09", 30, "trailers"),
          here("T10", 154, "answers without bodies, 1xx, faulty answers"),
          here("T11", 16, "answers that nobody asked for"),
          here("T12", 24, "Expect, early answers"),
          here("T13", 16, "Upgrade"),
          here("T14", 22, "what Connection nominates"),
          here("T15", 9, "headers of the mesh (identity comes later)"),
          elsewhere("T16", "h2spec", "./ondine it h2spec"),
          here("T17", 71, "HTTP/2 heads, also on their way to HTTP/1"),
          here("T18", 28, "HTTP/2 lengths and headers of a connection"),
          here("T19", 1, "rapid reset"),
          here("T20", 12, "resets that the client makes us send"),
          here("T21", 14, "CONTINUATION flood, HPACK bomb"),
          here("T22", 20, "floods of frames without content"),
          here("T23", 1, "windows that stay shut"),
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

  int count() {
    return outcomes.size();
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

  /** Figures for each number that is shown here: one with too few runs is not shown. */
  void report(Report report) {
    for (var test : ALL) {
      var runs = of(test);
      if (test.elsewhere.isEmpty()) {
        report.atLeast(test.number + "_runs", runs.size(), test.least);
        report.exactly(test.number + "_failed", runs.stream().filter(r -> !r.passed()).count(), 0L);
      }
    }
  }

  private List<Outcome> of(Test test) {
    return outcomes.stream().filter(outcome -> outcome.test().equals(test.number)).toList();
  }
}
