package dev.ondine.it.system.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ondine.testkit.http1.RawHttp1;
import dev.ondine.testkit.http1.Recorded;
import dev.ondine.testkit.http1.RecordingOrigin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Runs cases of HTTP/1, one at a time. */
final class Http1Runner {
  private static final int BYTEWISE_LIMIT = 1_500;

  private final Mesh<RecordingOrigin> mesh;
  private final Own own;
  private int answers;

  Http1Runner(Mesh<RecordingOrigin> mesh) {
    this.mesh = mesh;
    this.own = new Own(mesh);
  }

  /** How the bytes of a request are sent. */
  enum Delivery {
    AT_ONCE,
    BYTEWISE
  }

  /** Runs a case in every way in which it may be run. */
  List<Outcome> run(RequestCase one) throws IOException {
    var outcomes = new ArrayList<Outcome>();
    for (var direction : one.line().directions()) {
      outcomes.add(run(one, direction, Delivery.AT_ONCE));
      if (one.size() <= BYTEWISE_LIMIT) {
        outcomes.add(run(one, direction, Delivery.BYTEWISE));
      }
    }
    return outcomes;
  }

  Outcome run(RequestCase one, Direction direction, Delivery delivery) throws IOException {
    var problems = new ArrayList<String>();
    var upstream = new Upstream(mesh);
    try (var client = RawHttp1.connect(mesh.port(direction), mesh.patienceMillis())) {
      send(client, one.sent(), delivery, upstream, problems);
      var reading = new Reading(client, one.client(), one.asksForHead(), () -> {});
      if (one.upstream().aborted() && !upstream.areBrokenOff(upstream.touched())) {
        problems.add("the connection on which a request broke off is still open");
      }
      own.fence(mesh.port(direction), problems);
      if (reading.goesOn()) {
        reading.probe(own);
      }
      reading.check(problems);
    }
    one.upstream().check(upstream.seen(), one.waits(), problems);
    return one.line().outcome(one.name() + ", " + direction + ", " + delivery, problems);
  }

  /** A workload that does not close its connection must see the sidecar do so. */
  private static boolean isDiscarded(AnswerCase one, Upstream upstream, List<Recorded> used) {
    return one.closes() ? upstream.areClosed(used) : upstream.areBrokenOff(used);
  }

  private static void send(
      RawHttp1 client,
      List<Escapes.Piece> pieces,
      Delivery delivery,
      Upstream upstream,
      List<String> problems)
      throws IOException {
    var before = 0;
    for (var piece : pieces) {
      if (!send(client, piece.bytes(), delivery)) {
        return; // refused already: what was said is still to be read
      }
      switch (piece.mark()) {
        case NONE, RESET -> {}
        case WAIT -> {
          if (!upstream.awaitMoreThan(before)) {
            problems.add("nothing reached the workload before \\w");
            return;
          }
          before = upstream.size();
        }
        case CLOSE -> client.finish();
      }
    }
  }

  private static boolean send(RawHttp1 client, byte[] bytes, Delivery delivery) {
    return switch (delivery) {
      case AT_ONCE -> client.send(bytes);
      case BYTEWISE -> {
        for (var b : bytes) {
          if (!client.send(new byte[] {b})) {
            yield false;
          }
        }
        yield true;
      }
    };
  }

  /** Runs a case in every direction. */
  List<Outcome> run(AnswerCase one) throws IOException {
    var outcomes = new ArrayList<Outcome>();
    for (var direction : one.line().directions()) {
      outcomes.add(run(one, direction));
    }
    return outcomes;
  }

  private Outcome run(AnswerCase one, Direction direction) throws IOException {
    var problems = new ArrayList<String>();
    var target = "/answer-" + ++answers;
    mesh.origin().script(target, one.script());
    var upstream = new Upstream(mesh);
    try (var client = RawHttp1.connect(mesh.port(direction), mesh.patienceMillis())) {
      client.send(one.head(target).getBytes(ISO_8859_1));
      var body = one.body().getBytes(ISO_8859_1);
      if (!one.expects()) {
        client.send(body);
      }
      var reading = new Reading(client, one.client(), one.asksForHead(), () -> client.send(body));
      var used = upstream.touched();
      if (used.size() != 1 && !one.client().orFailure()) { // else it may have been tried twice
        problems.add(used.size() + " connections carried the request");
      } else if (!one.reused() && !isDiscarded(one, upstream, used)) {
        problems.add("the workload's connection is not discarded");
      }
      own.fence(mesh.port(direction), problems);
      if (reading.goesOn()) {
        var before = used.isEmpty() ? 0 : used.getFirst().size();
        reading.probe(own);
        if (one.reused() && (used.isEmpty() || used.getFirst().size() == before)) {
          problems.add("the workload's connection did not carry the next request");
        }
      }
      reading.check(problems);
    }
    return one.line().outcome(one.name() + ", " + direction, problems);
  }
}
