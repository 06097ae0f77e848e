package dev.ondine.it.system.hostile;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;

import dev.ondine.base.report.Report;
import dev.ondine.testkit.http1.RawHttp1;
import dev.ondine.testkit.http1.Recorded;
import dev.ondine.testkit.http1.Script;
import dev.ondine.testkit.http2.Frame;
import dev.ondine.testkit.http2.RawHttp2;
import dev.ondine.testkit.mesh.SidecarProcess;
import dev.ondine.testkit.process.ProcFs;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/** What a line cannot say: how much a flood costs before it is ended, and who else notices. */
final class Floods {
  private static final int ATTEMPTS = 100_000;
  private static final int MOST_STREAMS = 1_000;
  private static final int FEW = 2_000;
  private static final int NEIGHBOURS_BASE = 500;
  private static final int ROUNDS = 10;
  private static final int BIG = 10 << 20;
  private static final int CONNECTIONS = 10;
  private static final int STREAMS = 100; // as many as a connection may have
  private static final Duration STALL = Duration.ofSeconds(60);
  private static final Duration DRIP = Duration.ofSeconds(2);

  private final Mesh mesh;
  private final SidecarProcess sidecar;
  private final Report report;
  private final Tests tests;
  private final Own own = new Own();

  /**
   * @param sidecar the one at {@link Mesh#outbound}
   * @param tests where to tell what came of each
   */
  Floods(Mesh mesh, SidecarProcess sidecar, Report report, Tests tests) {
    this.mesh = mesh;
    this.sidecar = sidecar;
    this.report = report;
    this.tests = tests;
  }

  void run() throws Exception {
    rapidReset();
    madeResets();
    bombs();
    shutWindows();
  }

  /** Does something to a stream that has begun. */
  private interface Abuse {
    void of(RawHttp2 client, int stream) throws IOException;
  }

  private void rapidReset() throws Exception {
    var problems = new ArrayList<String>();
    try (var neighbour = new Neighbour(mesh.outbound(), own)) {
      await().atMost(Duration.ofSeconds(20)).until(() -> neighbour.count() >= NEIGHBOURS_BASE);
      var base = neighbour.p99Millis();
      var most = 0;
      for (var round = 0; round < ROUNDS; round++) {
        most =
            Math.max(
                most,
                abuse(
                    ATTEMPTS,
                    problems,
                    (client, stream) -> client.sendInt(Frame.RST_STREAM, stream, Frame.CANCEL)));
      }
      await().atMost(Duration.ofSeconds(20)).until(() -> neighbour.count() >= NEIGHBOURS_BASE);
      var during = neighbour.p99Millis();
      report.atMost("T19_requests_of_one_connection", most, MOST_STREAMS);
      report.tell("T19_neighbour_p99_ms_before", base);
      report.tell("T19_neighbour_p99_ratio", during / base);
      report.exactly("T19_neighbour_failed", neighbour.failed(), 0);
    }
    add("T19", "rapid reset, " + ROUNDS + " connections", problems);
  }

  private void madeResets() throws IOException {
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
    for (var abuse : abuses.entrySet()) {
      var problems = new ArrayList<String>();
      var streams = abuse(FEW, problems, abuse.getValue());
      report.atMost("T20_requests_" + abuse.getKey(), streams, MOST_STREAMS);
      add("T20", abuse.getKey().replace('_', ' '), problems);
    }
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
  private int abuse(int attempts, List<String> problems, Abuse abuse) throws IOException {
    var upstream = new Upstream(mesh.origin());
    var before = hangingRequests();
    var sent = 0;
    try (var client = RawHttp2.connect(mesh.outbound()).timeout(Own.TIMEOUT_MILLIS)) {
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
      endsCalmly(client, sent, problems);
    }
    if (!Upstream.areBrokenOff(hanging(upstream))) {
      problems.add("requests that were reset still hang at the workload");
    }
    var begun = hanging(upstream).size();
    if (begun > MOST_STREAMS) {
      problems.add(begun + " requests reached the workload");
    }
    return Math.max(begun, hangingRequests() - before);
  }

  private static List<Recorded> hanging(Upstream upstream) {
    return upstream.touched().stream().filter(one -> one.text(0).contains("/hang")).toList();
  }

  /** Requests that ended without an answer, as the sidecar counts them. */
  private int hangingRequests() throws IOException {
    try (var client = RawHttp1.connect(sidecar.admin(), Own.TIMEOUT_MILLIS)) {
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
    var upstream = new Upstream(mesh.origin());
    try (var client = RawHttp2.connect(mesh.outbound()).timeout(Own.TIMEOUT_MILLIS)) {
      try {
        for (var step : steps) {
          if (step instanceof FrameScript.Step.Send(var frame, var times)) {
            for (var i = 0; i < times; i++) {
              FrameScript.send(client, frame);
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

  private void shutWindows() throws IOException, InterruptedException {
    mesh.origin()
        .script(
            "/big",
            new Script(
                List.of(
                    new Script.Step.AwaitBody(),
                    new Script.Step.Send(
                        US_ASCII.encode("HTTP/1.1 200 OK\r\nContent-Length: " + BIG + "\r\n\r\n")),
                    new Script.Step.Send(ByteBuffer.allocate(BIG)))));
    var problems = new ArrayList<String>();
    var clients = new ArrayList<RawHttp2>();
    var before = ProcFs.residentMiB(sidecar.process().pid());
    try {
      for (var i = 0; i < CONNECTIONS; i++) {
        // The first one's windows are open by a crack.
        var client =
            RawHttp2.connect(mesh.outbound())
                .timeout((int) STALL.toMillis())
                .setting(4, i == 0 ? 1 : 0);
        clients.add(client);
        for (var stream = 1; stream < 2 * STREAMS; stream += 2) {
          client.headers(
              stream,
              true,
              ":method",
              "GET",
              ":scheme",
              "http",
              ":path",
              "/big",
              ":authority",
              Mesh.HOST);
        }
      }
      var drip = Thread.ofVirtual().start(() -> drip(clients.getFirst()));
      var reset = 0;
      var most = before;
      for (var client : clients) {
        reset += stalled(client);
        most = Math.max(most, ProcFs.residentMiB(sidecar.process().pid()));
      }
      drip.interrupt();
      drip.join();
      report.atMost("T23_memory_growth_mib", most - before, 96);
      report.exactly("T23_streams_reset", reset, CONNECTIONS * STREAMS);
      own.fence(mesh.outbound(), problems);
    } finally {
      for (var client : clients) {
        client.close();
      }
    }
    add(
        "T23",
        "10 MiB each on "
            + CONNECTIONS * STREAMS
            + " streams with shut windows, or a byte at a time",
        problems);
  }

  /** Gives each stream a byte of credit every two seconds: progress, but none to speak of. */
  private static void drip(RawHttp2 client) {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        for (var stream = 1; stream < 2 * STREAMS; stream += 2) {
          client.sendInt(Frame.WINDOW_UPDATE, stream, 1);
        }
        LockSupport.parkNanos(DRIP.toNanos());
      }
    } catch (IOException _) {
      // it is closed
    }
  }

  /** How many of a client's streams are reset because it takes nothing, or next to nothing. */
  private static int stalled(RawHttp2 client) throws IOException {
    var reset = 0;
    try {
      while (reset < STREAMS && client.readUntil(Frame.RST_STREAM).isPresent()) {
        reset++;
      }
    } catch (SocketTimeoutException _) {
      // the others are not
    }
    return reset;
  }

  private void add(String test, String what, List<String> problems) {
    tests.add(List.of(new Outcome(test, what, problems)));
  }
}
