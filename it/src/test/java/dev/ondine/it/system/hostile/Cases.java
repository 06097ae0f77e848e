package dev.ondine.it.system.hostile;

import dev.ondine.testkit.http1.RecordingOrigin;
import dev.ondine.testkit.http1.Script;
import dev.ondine.testkit.http2.FrameAnswer;
import dev.ondine.testkit.http2.FrameOrigin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
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

  /**
   * Runs every case.
   *
   * @param http1 whose workload speaks HTTP/1
   * @param http2 whose workload speaks HTTP/2
   */
  public static Result run(Mesh<RecordingOrigin> http1, Mesh<FrameOrigin> http2)
      throws IOException {
    var outcomes = outcomes(http1, http2);
    var failures = new ArrayList<String>();
    for (var outcome : outcomes) {
      if (!outcome.passed()) {
        failures.add(outcome.test() + " " + outcome.what() + ": " + outcome.problems());
      }
    }
    return new Result(outcomes.size() - failures.size(), failures);
  }

  /** Runs every case. */
  static List<Outcome> outcomes(Mesh<RecordingOrigin> http1, Mesh<FrameOrigin> http2)
      throws IOException {
    begin(http1, http2);
    var outcomes = new ArrayList<Outcome>();
    requests(http1, outcomes, _ -> true);
    answers(http1, outcomes, _ -> true);
    frames(http1, http2, outcomes, _ -> true);
    frameAnswers(http2, outcomes, _ -> true);
    return outcomes;
  }

  /** Goes before any case: workloads learn what all cases know, each sidecar answers a request. */
  static void begin(Mesh<RecordingOrigin> http1, Mesh<FrameOrigin> http2) throws IOException {
    teach(http1.origin());
    http2.origin().answer("/hang", new FrameAnswer.Frames(List.of(), List.of(), false));
    for (var mesh : List.of(http1, http2)) {
      for (var direction : Direction.values()) {
        new Own(mesh).first(mesh.port(direction));
      }
    }
  }

  /** What a workload has to know for any case. */
  static void teach(RecordingOrigin origin) {
    origin.script("/hang", new Script(List.of(new Script.Step.AwaitBody())));
  }

  /**
   * Runs those of {@link RequestCase#FILE}.
   *
   * @param wanted asked before each: the number of its acceptance test
   */
  static void requests(Mesh<RecordingOrigin> mesh, List<Outcome> into, Predicate<String> wanted)
      throws IOException {
    all(RequestCase.all(), RequestCase::line, new Http1Runner(mesh)::run, into, wanted);
  }

  /** Runs those of {@link AnswerCase#FILE}. */
  static void answers(Mesh<RecordingOrigin> mesh, List<Outcome> into, Predicate<String> wanted)
      throws IOException {
    all(AnswerCase.all(), AnswerCase::line, new Http1Runner(mesh)::run, into, wanted);
  }

  /** Runs those of {@link FrameCase#FILE}. */
  static void frames(Mesh<?> http1, Mesh<?> http2, List<Outcome> into, Predicate<String> wanted)
      throws IOException {
    all(FrameCase.all(), FrameCase::line, new Http2Runner(http1, http2)::run, into, wanted);
  }

  /** Runs those of {@link FrameAnswerCase#FILE}. */
  static void frameAnswers(Mesh<FrameOrigin> mesh, List<Outcome> into, Predicate<String> wanted)
      throws IOException {
    all(
        FrameAnswerCase.all(),
        FrameAnswerCase::line,
        new FrameAnswerRunner(mesh)::run,
        into,
        wanted);
  }

  /** Runs a case in every way in which it may be run. */
  private interface Runner<C> {
    List<Outcome> run(C one) throws IOException;
  }

  private static <C> void all(
      List<C> cases,
      Function<C, Line> line,
      Runner<C> runner,
      List<Outcome> into,
      Predicate<String> wanted)
      throws IOException {
    for (var one : cases) {
      if (wanted.test(line.apply(one).test())) {
        into.addAll(runner.run(one));
      }
    }
  }
}
