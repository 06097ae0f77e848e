package dev.ondine.it.system.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ondine.testkit.http1.RawHttp1;
import dev.ondine.testkit.http2.Frame;
import dev.ondine.testkit.http2.FrameOrigin;
import dev.ondine.testkit.http2.RawHttp2;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Runs answers by HTTP/2, one at a time, for clients of both versions. */
final class FrameAnswerRunner {
  private static final int PROBE = 3;

  private final Mesh<FrameOrigin> mesh;
  private final Own own;
  private int answers;

  FrameAnswerRunner(Mesh<FrameOrigin> mesh) {
    this.mesh = mesh;
    this.own = new Own(mesh);
  }

  /** Runs a case in every direction and for both versions. */
  List<Outcome> run(FrameAnswerCase one) throws IOException {
    var outcomes = new ArrayList<Outcome>();
    for (var direction : one.line().directions()) {
      outcomes.add(
          one.line().outcome(one.name() + ", " + direction + ", HTTP/1", http1(one, direction)));
      outcomes.add(
          one.line().outcome(one.name() + ", " + direction + ", HTTP/2", http2(one, direction)));
    }
    return outcomes;
  }

  private String target(FrameAnswerCase one) {
    var target = "/answer-" + ++answers;
    mesh.origin().answer(target, one.answer());
    return target;
  }

  private List<String> http1(FrameAnswerCase one, Direction direction) throws IOException {
    var problems = new ArrayList<String>();
    try (var client = RawHttp1.connect(mesh.port(direction), mesh.patienceMillis())) {
      var body = one.body();
      var length = body.isEmpty() ? "" : "\r\nContent-Length: " + body.length();
      var head = one.method() + " " + target(one) + " HTTP/1.1\r\nHost: " + mesh.host() + length;
      client.send((head + "\r\n\r\n" + body).getBytes(ISO_8859_1));
      var reading = new Reading(client, one.client(), one.asksForHead(), () -> {});
      own.fence(mesh.port(direction), problems);
      if (reading.goesOn()) {
        reading.probe(own);
      }
      reading.check(problems);
    }
    return problems;
  }

  private List<String> http2(FrameAnswerCase one, Direction direction) throws IOException {
    var problems = new ArrayList<String>();
    try (var client = mesh.http2(direction)) {
      var body = one.body();
      ask(client, 1, body.isEmpty(), one.method(), target(one));
      if (!body.isEmpty()) {
        client.send(Frame.DATA, Frame.END_STREAM, 1, body.getBytes(ISO_8859_1));
      }
      var reading = new FrameReading(client);
      reading.until(Set.of(1));
      own.fence(mesh.port(direction), problems);
      one.check(reading.streams(), reading.text(), problems);
      probe(client, problems);
    }
    return problems;
  }

  /** What a workload does on its stream is no fault of the client's connection. */
  private void probe(RawHttp2 client, List<String> problems) throws IOException {
    var target = own.target();
    ask(client, PROBE, true, "GET", target);
    var reading = new FrameReading(client);
    reading.until(Set.of(PROBE));
    if (!"200".equals(reading.streams().get(PROBE)) || !reading.text().endsWith(target)) {
      problems.add("the next request was not answered well: " + reading.streams());
    }
  }

  private void ask(RawHttp2 client, int stream, boolean end, String method, String target)
      throws IOException {
    client.headers(
        stream,
        end,
        ":method",
        method,
        ":scheme",
        "http",
        ":path",
        target,
        ":authority",
        mesh.host());
  }
}
