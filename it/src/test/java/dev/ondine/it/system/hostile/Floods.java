package dev.ondine.it.system.hostile;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ondine.base.report.Report;
import dev.ondine.testkit.http1.RawHttp1;
import dev.ondine.testkit.http1.Recorded;
import dev.ondine.testkit.http1.RecordingOrigin;
import dev.ondine.testkit.http2.Frame;
import dev.ondine.testkit.http2.RawHttp2;
import dev.ondine.testkit.mesh.SidecarProcess;
import dev.ondine.testkit.process.ProcFs;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What a line cannot say: how much a flood costs before it is ended, and who else notices. */
final class Floods {
  private static final int ATTEMPTS = 100_000;
  private static final int MOST_STREAMS = 1_000;
  private static final int FEW = 2_000;
  private static final int SAMPLES = 500;
  private static final int LEAST_SAMPLES = 60;
  private static final double RATIO = 2;

  /** In milliseconds: below it, a ratio tells of the machine's scheduler only. */
  private static final double TELLING = 10;

  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int ROUNDS = 10;

  private final Mesh<RecordingOrigin> mesh;
  private final SidecarProcess sidecar;
  private final Report report;
  private final Tests tests;
  private final Own own;
  private final int elsewhere;

  /**
   * @param sidecar the one at {@link Mesh#outbound}
   * @param elsewhere a port of another sidecar whose workload speaks HTTP/2
   * @param tests where to tell what came of each
   */
  Floods(
      Mesh<RecordingOrigin> mesh,
      SidecarProcess sidecar,
      int elsewhere,
      Report report,
      Tests tests) {
    this.mesh = mesh;
    this.own = new Own(mesh);
    this.sidecar = sidecar;
    this.elsewhere = elsewhere;
    this.report = report;
    this.tests = tests;
  }

  void run() throws Exception {
    rapidReset();
    madeResets();
    bombs();
  }

  /** Does something to a stream that has begun. */
  private interface Abuse {
    void of(RawHttp2 client, int stream) throws IOException;
  }

  private void rapidReset() throws Exception {
    Abuse reset = (client, stream) -> client.sendInt(Frame.RST_STREAM, stream, Frame.CANCEL);
    var problems = new ArrayList<String>();
    var most =
        besideNeighbour(
            "T19",
            ATTEMPTS,
            List.of(reset),
            flooding -> abuse(ATTEMPTS, problems, flooding, reset));
    report.atMost("T19_requests_of_one_connection", most, MOST_STREAMS);
    add("T19", "rapid reset, again and again", problems);
  }

  /**
   * Floods again and again until enough is known of a neighbour meanwhile; the most requests.
   *
   * <p>What the neighbour has then is compared with what it has while the same flood goes to
   * another sidecar: flooding costs processors, which a small machine has few of, wherever it goes.
   */
  private int besideNeighbour(String test, int attempts, Collection<Abuse> abuses, Flood flood)
      throws Exception {
    try (var neighbour = new Neighbour(mesh, own)) {
      repeat(neighbour, flooding -> floodElsewhere(attempts, abuses, flooding));
      var elsewhere = neighbour.p99Millis();
      var most = repeat(neighbour, flood);
      report.atLeast(test + "_neighbour_samples", neighbour.count(), LEAST_SAMPLES);
      var here = neighbour.p99Millis();
      report.tell(test + "_neighbour_p99_ms_flood_elsewhere", elsewhere);
      report.tell(test + "_neighbour_p99_ms", here);
      report.atMost(test + "_neighbour_p99_ratio", here / Math.max(elsewhere, TELLING), RATIO);
      report.exactly(test + "_neighbour_failed", neighbour.failed(), 0);
      return most;
    }
  }

  private static int repeat(Neighbour neighbour, Flood flood) throws IOException {
    var most = 0;
    var began = System.nanoTime();
    while (neighbour.count() < SAMPLES && System.nanoTime() - began < LIMIT.toNanos()) {
      most = Math.max(most, flood.run(neighbour));
    }
    return most;
  }

  private int floodElsewhere(int attempts, Collection<Abuse> abuses, Neighbour flooding)
      throws IOException {
    for (var abuse : abuses) {
      try (var client = RawHttp2.connect(elsewhere).timeout(mesh.patienceMillis())) {
        var _ = flooding.measure(() -> flood(client, attempts, abuse));
      }
    }
    return 0;
  }

  /** One round of a flood; it tells the neighbour when it begins and ends. */
  private interface Flood {
    int run(Neighbour flooding) throws IOException;
  }

  private void madeResets() throws Exception {
    var abuses = abuses();
    var problems = new TreeMap<String, List<String>>();
    var most = new TreeMap<String, Integer>();
    besideNeighbour(
        "T20",
        FEW,
        abuses.values(),
        flooding -> {
          for (var abuse : abuses.entrySet()) {
            var of = problems.computeIfAbsent(abuse.getKey(), _ -> new ArrayList<>());
            most.merge(abuse.getKey(), abuse(FEW, of, flooding, abuse.getValue()), Math::max);
          }
          return 0;
        });
    for (var name : abuses.keySet()) {
      report.atMost("T20_requests_" + name, most.getOrDefault(name, 0), MOST_STREAMS);
      add("T20", name.replace('_', ' '), problems.getOrDefault(name, List.of("was not run")));
    }
  }

  private static Map<String, Abuse> abuses() {
    var abuses = new TreeMap<String, Abuse>();
    abuses.put(
        "window_overflow",
        (client, stream) -> client.sendInt(Frame.WINDOW_UPDATE, stream, Integer.MAX_VALUE));
    abuses.put("window_zero", (client, stream) -> client.sendInt(Frame.WINDOW_UPDATE, stream, 0));
    abuses.put("headers_half_closed", (client, stream) -> client.headers(stream, true, "x", "a"));
    abuses.put(
        "data_half_closed", (client, stream) -> client.send(Frame.DATA, 0, stream, new byte[1]));
    abuses.put(
        "priority_length", (client, stream) -> client.send(Frame.PRIORITY, 0, stream, new byte[4]));
    abuses.put(
        "priority_itself",
        (client, stream) -> client.send(Frame.PRIORITY, 0, stream, itself(stream)));
    return abuses;
  }

  private static byte[] itself(int stream) {
    return new byte[] {
      (byte) (stream >> 24), (byte) (stream >> 16), (byte) (stream >> 8), (byte) stream, 1
    };
  }

  /**
   * Begins streams and abuses each, on one connection, until the sidecar ends that.
   *
   * @return how many became requests: streams that the sidecar took
   */
  private int abuse(int attempts, List<String> problems, Neighbour flooding, Abuse abuse)
      throws IOException {
    var upstream = new Upstream(mesh);
    var before = hangingRequests();
    int sent;
    try (var client = mesh.http2(Direction.OUTBOUND)) {
      sent = flooding.measure(() -> flood(client, attempts, abuse));
      endsCalmly(client, sent, problems);
    }
    if (!upstream.areBrokenOff(hanging(upstream))) {
      problems.add("requests that were reset still hang at the workload");
    }
    var begun = hanging(upstream).size();
    if (begun > MOST_STREAMS) {
      problems.add(begun + " requests reached the workload");
    }
    return Math.max(begun, hangingRequests() - before);
  }

  private static int flood(RawHttp2 client, int attempts, Abuse abuse) {
    var sent = 0;
    try {
      for (; sent < attempts; sent++) {
        var stream = 2 * sent + 1;
        client.headers(
            stream,
            true,
            ":method",
            "GET",
            ":scheme",
            "http",
            ":path",
            "/hang",
            ":authority",
            Mesh.HOST);
        abuse.of(client, stream);
      }
    } catch (IOException _) {
      // it takes no more
    }
    return sent;
  }

  private static List<Recorded> hanging(Upstream upstream) {
    return upstream.touched().stream().filter(one -> one.text(0).contains("/hang")).toList();
  }

  /** Requests that ended without an answer, as the sidecar counts them. */
  private int hangingRequests() throws IOException {
    try (var client = RawHttp1.connect(sidecar.admin(), mesh.patienceMillis())) {
      client.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
      return client
          .read(false)
          .text()
          .lines()
          .filter(line -> line.startsWith("istio_requests_total{"))
          .filter(line -> line.contains("response_code=\"0\""))
          .mapToInt(line -> (int) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    }
  }

  /** Reads to the end; a GOAWAY may get lost when the connection ends. */
  private static void endsCalmly(RawHttp2 client, int sent, List<String> problems)
      throws IOException {
    try {
      for (var frame = client.read(); frame.isPresent(); frame = client.read()) {
        if (frame.get().type() == Frame.GOAWAY
            && frame.get().errorCode() != Frame.ENHANCE_YOUR_CALM) {
          problems.add("GOAWAY " + ErrorCode.name(frame.get().errorCode()));
        }
      }
    } catch (SocketTimeoutException e) {
      problems.add("the connection is still open after " + sent + " streams");
    }
  }

  private void bombs() throws IOException {
    var head = "\\x82\\x86\\x84\\x41\\x14{host}";
    var floods =
        Map.of(
            "CONTINUATION without fields",
            "HEADERS(1, more, :method=GET) CONTINUATION(1)*7000",
            "CONTINUATION of 1 KiB",
            "HEADERS(1, more, :method=GET) CONTINUATION(1, a={b*1000})*64",
            "HPACK bomb",
            "FRAME(1, 5, 1, \"" + head + "\\x40\\x01a\\x7f\\xa1\\x1e{b*4000}{\\xbe*11000}\")",
            "crumbs of a cookie",
            "FRAME(1, 5, 1, \"" + head + "{\\x00\\x06cookie\\x01a*1600}\")");
    var before = ProcFs.residentMiB(sidecar.process().pid());
    for (var flood : new TreeMap<>(floods).entrySet()) {
      var problems = new ArrayList<String>();
      for (var round = 0; round < ROUNDS; round++) {
        endsAfter(FrameScript.parse(flood.getValue(), Mesh.HOST), problems);
      }
      add("T21", flood.getKey() + ", " + ROUNDS + " times, at most 64 KiB", problems);
    }
    report.atMost(
        "T21_memory_growth_mib", ProcFs.residentMiB(sidecar.process().pid()) - before, 10);
  }

  /** Sends no more than that, and sees the connection closed or the stream refused. */
  private void endsAfter(List<FrameScript.Step> steps, List<String> problems) throws IOException {
    var upstream = new Upstream(mesh);
    try (var client = mesh.http2(Direction.OUTBOUND)) {
      try {
        for (var step : steps) {
          if (step instanceof FrameScript.Step.Send(var frame, var times)) {
            for (var i = 0; i < times; i++) {
              client.send(frame);
            }
          }
        }
      } catch (IOException _) {
        // it takes no more
      }
      var reading = new FrameReading(client);
      reading.until(Set.of(1));
      var refused = "431".equals(reading.streams().get(1));
      if (!reading.isClosed() && !refused) {
        problems.add("not ended, stream: " + reading.streams());
      }
    }
    if (!upstream.seen().text().isEmpty()) {
      problems.add("the workload saw " + Words.shortened(upstream.seen().text()));
    }
  }

  private void add(String test, String what, List<String> problems) {
    tests.add(List.of(new Outcome(test, what, problems)));
  }
}
