package dev.ondine.it.system.hostile;

import dev.ondine.it.system.hostile.FrameScript.Step;
import dev.ondine.testkit.http2.RawHttp2;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/**
 * Runs cases of HTTP/2, one at a time. Outbound they go to a workload that speaks HTTP/1, inbound
 * to one that speaks HTTP/2, as its port says.
 */
final class Http2Runner {
  /** Above every stream of the cases. */
  private static final int PROBE = 2_000_001;

  private final Mesh<?> http1;
  private final Mesh<?> http2;
  private final Own own;

  Http2Runner(Mesh<?> http1, Mesh<?> http2) {
    this.http1 = http1;
    this.http2 = http2;
    this.own = new Own(http1);
  }

  /** Runs a case in every direction. */
  List<Outcome> run(FrameCase one) throws IOException {
    var outcomes = new ArrayList<Outcome>();
    for (var direction : one.line().directions()) {
      outcomes.add(
          switch (direction) {
            case OUTBOUND -> run(one, direction, http1);
            case INBOUND -> run(one, direction, http2);
          });
    }
    return outcomes;
  }

  private Outcome run(FrameCase one, Direction direction, Mesh<?> mesh) throws IOException {
    var problems = new ArrayList<String>();
    var upstream = new Upstream(mesh);
    try (var client = mesh.http2(direction)) {
      send(client, one, upstream, problems);
      var reading = new FrameReading(client);
      if (one.open()) {
        reading.until(one.streams().keySet());
      } else {
        reading.toTheEnd();
      }
      if (one.upstream().aborted() && !upstream.areBrokenOff(upstream.touched())) {
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
              client.send(frame);
            }
          }
          case Step.AwaitUpstream _ -> {
            if (!upstream.awaitMoreThan(before)) {
              problems.add("nothing reached the workload before WAIT()");
              return;
            }
            before = upstream.size();
          }
          case Step.Close _ -> throw new IllegalStateException("no step of a client");
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
