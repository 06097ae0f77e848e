package dev.ondine.it.system.hostile;

import dev.ondine.testkit.http1.Script;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** All cases that are data, run against a mesh. */
public final class Cases {
  private Cases() {}

  /** How many runs passed, and what was seen in those that failed. */
  public record Result(int passed, List<String> failures) {
    public Result {
      failures = List.copyOf(failures);
    }
  }

  /** Runs every case. */
  public static Result run(Mesh mesh) throws IOException {
    var outcomes = run(mesh, _ -> false);
    var failures = new ArrayList<String>();
    for (var outcome : outcomes) {
      if (!outcome.passed()) {
        failures.add(outcome.test() + " " + outcome.what() + ": " + outcome.problems());
      }
    }
    return new Result(outcomes.size() - failures.size(), failures);
  }

  /**
   * Runs cases in order.
   *
   * @param enough asked behind each one: true ends it
   */
  static List<Outcome> run(Mesh mesh, Predicate<List<Outcome>> enough) throws IOException {
    mesh.origin().script("/hang", new Script(List.of(new Script.Step.AwaitBody())));
    for (var direction : Direction.values()) {
      new Own().first(mesh.port(direction));
    }
    var outcomes = new ArrayList<Outcome>();
    var http1 = new Http1Runner(mesh);
    for (var one : RequestCase.all()) {
      outcomes.addAll(http1.run(one));
      if (enough.test(outcomes)) {
        return outcomes;
      }
    }
    for (var one : AnswerCase.all()) {
      outcomes.addAll(http1.run(one));
    }
    var http2 = new Http2Runner(mesh);
    for (var one : FrameCase.all()) {
      outcomes.add(http2.run(one));
    }
    return outcomes;
  }
}
