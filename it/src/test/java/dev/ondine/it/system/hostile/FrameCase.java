package dev.ondine.it.system.hostile;

import dev.ondine.it.system.hostile.FrameScript.Step;
import dev.ondine.it.system.hostile.Words.Content;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A client that sends what it should not, by HTTP/2.
 *
 * @param streams what must come of streams: statuses and error codes, joined by {@code +}
 * @param goAway the code of the GOAWAY, which may get lost as the connection ends; empty: none
 * @param open whether the connection takes another request
 */
record FrameCase(
    Line line,
    String name,
    Map<Integer, String> streams,
    String goAway,
    boolean open,
    List<Content> contents,
    UpstreamSees upstream,
    List<Step> sent) {
  static final String FILE = "http2.txt";

  static List<FrameCase> all() {
    return Line.read(FILE, 4, FrameCase::parse);
  }

  static FrameCase parse(Line line) {
    var columns = line.columns();
    var words = new Words(columns.get(1));
    var streams = new LinkedHashMap<Integer, String>();
    while (words.nextIs(word -> word.matches(Streams.FORM + "=.*"))) {
      var word = words.next("a stream").split("=", 2);
      for (var part : word[1].split("\\+", -1)) {
        if (!part.matches("[1-5]\\d\\d") && !ErrorCode.isKnown(part)) {
          throw new DataException("'" + part + "' is neither a status nor an error code");
        }
      }
      Streams.parse(word[0]).forEach(stream -> streams.put(stream, word[1]));
    }
    var goAway = "";
    if (words.nextIs(word -> word.startsWith("goaway="))) {
      goAway = words.next("GOAWAY").substring("goaway=".length());
      ErrorCode.of(goAway);
    }
    var fate = words.next("what becomes of the connection: open or closed");
    if (!fate.equals("open") && !fate.equals("closed")) {
      throw new DataException(
          "'" + fate + "' is neither STREAM=STATUS nor STREAM=CODE, goaway=CODE, open, closed");
    }
    var sent = FrameScript.parse(columns.get(3), Mesh.HOST);
    if (sent.stream().anyMatch(Step.Close.class::isInstance)) {
      throw new DataException("CLOSE() is for answers only");
    }
    return new FrameCase(
        line,
        columns.get(0),
        streams,
        goAway,
        fate.equals("open"),
        words.contents(Mesh.HOST),
        UpstreamSees.parse(columns.get(2), Mesh.HOST),
        sent);
  }

  boolean waits() {
    return sent.stream().anyMatch(Step.AwaitUpstream.class::isInstance);
  }
}
