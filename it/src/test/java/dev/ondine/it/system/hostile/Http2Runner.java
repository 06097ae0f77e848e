package dev.ondine.it.system.hostile;

import dev.ondine.it.system.hostile.FrameScript.Step;
import dev.ondine.testkit.http2.RawHttp2;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** Runs cases of HTTP/2, one at a time; the workload behind them speaks HTTP/1. */
final class Http2Runner {
  /** Above every stream of the cases. */
  private static final int PROBE = 2_000_001;

  private final Mesh mesh;
  private final Own own = new Own();

  Http2Runner(Mesh mesh) {
    this.mesh = mesh;
  }

  /** Runs a case. A callee's sidecar would speak HTTP/2 to the workload, which does not. */
  Outcome run(FrameCase one) throws IOException {
    return run(one, one.line().only().orElse(Direction.OUTBOUND));
  }

  private Outcome run(FrameCase one, Direction direction) throws IOException {
    var problems = new ArrayList<String>();
    var upstream = new Upstream(mesh.origin());
    try (var client = RawHttp2.connect(mesh.port(direction)).timeout(Own.TIMEOUT_MILLIS)) {
      send(client, one, upstream, problems);
      var reading = new FrameReading(client);
      if (one.open()) {
        reading.until(one.streams().keySet());
      } else {
        reading.toTheEnd();
      }
      if (one.upstream().aborted() && !Upstream.areBrokenOff(upstream.touched())) {
        problems.add("the connection on which a request broke off is still open");
      }
      own.fence(mesh.port(direction), problems);
      check(one, reading, problems);
      if (one.open()) {
        probe(client, problems);
      }
    }
    one.upstream().check(upstream.seen(), one.waits(), problems);
    return one.line().outcome(one.name() + ", " + direction, problems);
  }

  private static void send(
      RawHttp2 client, FrameCase one, Upstream upstream, List<String> problems) {
    var before = 0;
    try {
      for (var step : one.sent()) {
        switch (step) {
          case Step.Send(var frame, var times) -> {
            for (var i = 0; i < times; i++) {
              FrameScript.send(client, frame);
            }
          }
          case Step.AwaitUpstream _ -> {
            if (!upstream.awaitMoreThan(before)) {
              problems.add("nothing reached the workload before WAIT()");
              return;
            }
            before = upstream.size();
          }
        }
      }
    } catch (IOException _) {
      // The other end takes no more: what it said is still to be read.
    }
  }

  private static void check(FrameCase one, FrameReading reading, List<String> problems) {
    var wrong =
        !reading.streams().equals(new TreeMap<>(one.streams()))
            || reading.isClosed() == one.open()
            || (!reading.goAway().isEmpty() && !reading.goAway().equals(one.goAway()));
    if (wrong) {
      problems.add(
          "client saw "
              + reading.streams()
              + " goaway "
              + reading.goAway()
              + (reading.isClosed() ? " closed" : " open")
              + " instead of "
              + one.streams()
              + " goaway "
              + one.goAway()
              + (one.open() ? " open" : " closed"));
    }
    one.contents().forEach(content -> content.check("the answer", reading.text(), problems));
  }

  private void probe(RawHttp2 client, List<String> problems) throws IOException {
    var reading = new FrameReading(client);
    try {
      var target = own.target();
      client.headers(
          PROBE,
          true,
          ":method",
          "GET",
          ":scheme",
          "http",
          ":path",
          target,
          ":authority",
          Mesh.HOST);
      reading.until(Set.of(PROBE));
      if (!"200".equals(reading.streams().get(PROBE)) || !reading.text().endsWith(target)) {
        problems.add("the next request was not answered well: " + reading.streams());
      }
    } catch (IOException e) {
      problems.add("the connection takes no other request: " + e);
    }
  }
}
