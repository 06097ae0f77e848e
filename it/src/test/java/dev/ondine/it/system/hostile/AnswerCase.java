package dev.ondine.it.system.hostile;

import dev.ondine.it.system.hostile.Escapes.Mark;
import dev.ondine.it.system.hostile.Escapes.Piece;
import dev.ondine.testkit.http1.Script;
import dev.ondine.testkit.http1.Script.Step;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A workload that answers as it should not.
 *
 * @param request {@code METHOD [HTTP/1.0] [expect] [BYTES]}; with {@code expect} the body waits for
 *     100
 * @param reused whether its connection carries the next request
 */
record AnswerCase(
    Line line, String name, String request, ClientSees client, boolean reused, List<Piece> answer) {
  static final String FILE = "http1-answers.txt";

  AnswerCase {
    answer = List.copyOf(answer);
  }

  static List<AnswerCase> all() {
    return Line.read(FILE, 5, AnswerCase::parse);
  }

  static AnswerCase parse(Line line) {
    var columns = line.columns();
    if (!columns.get(1).matches("[A-Z]+( HTTP/1\\.0)?( expect)?( [1-9]\\d*)?")) {
      throw new DataException("'" + columns.get(1) + "' is not METHOD [HTTP/1.0] [expect] [BYTES]");
    }
    var reused =
        switch (columns.get(3)) {
          case "reused" -> true;
          case "discarded" -> false;
          default ->
              throw new DataException("'" + columns.get(3) + "' is neither reused nor discarded");
        };
    return new AnswerCase(
        line,
        columns.get(0),
        columns.get(1),
        ClientSees.parse(columns.get(2), Mesh.HOST),
        reused,
        Escapes.pieces(columns.get(4), Mesh.HOST));
  }

  Script script() {
    var steps = new ArrayList<Step>();
    for (var piece : answer) {
      if (!piece.text().isEmpty()) {
        steps.add(new Step.Send(ByteBuffer.wrap(piece.bytes())));
      }
      switch (piece.mark()) {
        case NONE -> {}
        case WAIT -> steps.add(new Step.AwaitBody());
        case CLOSE -> steps.add(new Step.Close());
        case RESET -> steps.add(new Step.Reset());
      }
    }
    return new Script(steps);
  }

  /** Whether the workload itself ends the connection. */
  boolean closes() {
    return answer.stream().anyMatch(one -> one.mark() == Mark.CLOSE || one.mark() == Mark.RESET);
  }

  boolean asksForHead() {
    return request.startsWith("HEAD");
  }

  /** Whether the body waits for an answer 100. */
  boolean expects() {
    return request.contains(" expect");
  }

  /** The head of the request for a target. */
  String head(String target) {
    var words = List.of(request.split(" "));
    return words.getFirst()
        + " "
        + target
        + (words.contains("HTTP/1.0") ? " HTTP/1.0" : " HTTP/1.1")
        + "\r\nHost: "
        + Mesh.HOST
        + (expects() ? "\r\nExpect: 100-continue" : "")
        + (body().isEmpty() ? "" : "\r\nContent-Length: " + body().length())
        + "\r\n\r\n";
  }

  /** The body of the request. */
  String body() {
    var last = request.substring(request.lastIndexOf(' ') + 1);
    return last.matches("\\d+") ? "x".repeat(Integer.parseInt(last)) : "";
  }
}
