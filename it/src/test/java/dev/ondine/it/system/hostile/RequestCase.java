package dev.ondine.it.system.hostile;

import dev.ondine.it.system.hostile.Escapes.Mark;
import dev.ondine.it.system.hostile.Escapes.Piece;
import java.util.List;

/** A client that sends what it should not, by HTTP/1. */
record RequestCase(
    Line line, String name, ClientSees client, UpstreamSees upstream, List<Piece> sent) {
  static final String FILE = "http1.txt";

  RequestCase {
    sent = List.copyOf(sent);
  }

  static List<RequestCase> all() {
    return Line.read(FILE, 4, RequestCase::parse);
  }

  static RequestCase parse(Line line) {
    var columns = line.columns();
    var sent = Escapes.pieces(columns.get(3), Mesh.HOST);
    if (sent.stream().anyMatch(piece -> piece.mark() == Mark.RESET)) {
      throw new DataException("\\z is for answers only");
    }
    return new RequestCase(
        line,
        columns.get(0),
        ClientSees.parse(columns.get(1), Mesh.HOST),
        UpstreamSees.parse(columns.get(2), Mesh.HOST),
        sent);
  }

  boolean waits() {
    return sent.stream().anyMatch(piece -> piece.mark() == Mark.WAIT);
  }

  int size() {
    return sent.stream().mapToInt(piece -> piece.text().length()).sum();
  }

  /** Whether its answers have no body. */
  boolean asksForHead() {
    return sent.getFirst().text().startsWith("HEAD ");
  }
}
