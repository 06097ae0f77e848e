package dev.ondine.it.system.hostile;

import dev.ondine.it.system.hostile.ClientSees.Fate;
import dev.ondine.it.system.hostile.FrameScript.Step;
import dev.ondine.testkit.http2.Frame;
import dev.ondine.testkit.http2.FrameAnswer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A workload that answers as it should not, by HTTP/2.
 *
 * @param method of the request
 * @param body of the request; empty: none
 */
record FrameAnswerCase(
    Line line, String name, String method, String body, ClientSees client, FrameAnswer answer) {
  static final String FILE = "http2-answers.txt";

  static List<FrameAnswerCase> all() {
    return Line.read(FILE, 4, FrameAnswerCase::parse);
  }

  static FrameAnswerCase parse(Line line) {
    var columns = line.columns();
    if (!columns.get(1).matches("[A-Z]+( [1-9]\\d*)?")) {
      throw new DataException("'" + columns.get(1) + "' is not METHOD [BYTES]");
    }
    var request = columns.get(1).split(" ", 2);
    return new FrameAnswerCase(
        line,
        columns.get(0),
        request[0],
        request.length == 1 ? "" : "x".repeat(Integer.parseInt(request[1])),
        ClientSees.parse(columns.get(2), Mesh.HTTP2_HOST),
        answer(FrameScript.parse(columns.get(3), Mesh.HTTP2_HOST)));
  }

  private static FrameAnswer answer(List<Step> steps) {
    var atHead = new ArrayList<Frame>();
    var atEnd = new ArrayList<Frame>();
    var frames = atHead;
    var closes = false;
    for (var step : steps) {
      if (closes) {
        throw new DataException("something behind CLOSE()");
      }
      switch (step) {
        case Step.Send(var frame, var times) -> frames.addAll(Collections.nCopies(times, frame));
        case Step.AwaitUpstream _ -> frames = atEnd;
        case Step.Close _ -> closes = true;
      }
    }
    return new FrameAnswer.Frames(atHead, atEnd, closes);
  }

  boolean asksForHead() {
    return method.equals("HEAD");
  }

  /** What a client of HTTP/2 must see on its stream: statuses, and an error where it broke off. */
  void check(Map<Integer, String> streams, String text, List<String> problems) {
    var seen = streams.getOrDefault(1, "nothing");
    var statuses = client.statuses().stream().map(String::valueOf).collect(Collectors.joining("+"));
    var last = seen.substring(seen.lastIndexOf('+') + 1);
    var well =
        client.fate() == Fate.ABORTED
            ? ErrorCode.isKnown(last) || (client.orFailure() && seen.equals("502"))
            : seen.equals(statuses);
    if (!well) {
      problems.add("client saw " + seen + " instead of " + statuses + " " + client.fate());
    }
    client.contents().forEach(content -> content.check("the answer", text, problems));
  }
}
