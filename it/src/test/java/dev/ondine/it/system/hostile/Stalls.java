package dev.ondine.it.system.hostile;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.awaitility.Awaitility.await;

import dev.ondine.base.report.Report;
import dev.ondine.testkit.http1.RecordingOrigin;
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
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Clients by HTTP/2 whose windows stay shut, or open by a byte now and then. */
final class Stalls {
  /** How long the sidecar bears it: its {@code http.takeGrace}. */
  static final Duration GRACE = Duration.ofSeconds(10);

  /** A stall is seen at a sweep, on a machine that is busy. */
  private static final Duration PATIENCE = GRACE.plusSeconds(10);

  private static final int BIG = 10 << 20;
  private static final int CONNECTIONS = 10;
  private static final int STREAMS = 100; // as many as a connection may have
  private static final int DRIP_SECONDS = 2;

  /** What the sidecar may hold of an answer that nobody takes. */
  private static final double MIB_OF_STREAM = 1 / 16.0;

  private static final double SLACK_MIB = 16;

  private final Mesh<RecordingOrigin> mesh;
  private final SidecarProcess sidecar;
  private final Report report;
  private final Own own;
  private double mostMiB;

  /** For the sidecar at {@link Mesh#outbound}. */
  Stalls(Mesh<RecordingOrigin> mesh, SidecarProcess sidecar, Report report) {
    this.mesh = mesh;
    this.sidecar = sidecar;
    this.report = report;
    this.own = new Own(mesh);
  }

  List<Outcome> run() throws Exception {
    mesh.origin()
        .script(
            "/big",
            new Script(
                List.of(
                    new Script.Step.AwaitBody(),
                    new Script.Step.Send(
                        US_ASCII.encode("HTTP/1.1 200 OK\r\nContent-Length: " + BIG + "\r\n\r\n")),
                    new Script.Step.Send(ByteBuffer.allocate(BIG)))));
    return List.of(drip(), shut());
  }

  private Outcome shut() throws Exception {
    var problems = new ArrayList<String>();
    var clients = new ArrayList<RawHttp2>();
    var before = residentMiB();
    var began = new Upstream(mesh);
    try {
      for (var i = 0; i < CONNECTIONS; i++) {
        clients.add(asking(0));
      }
      var all = CONNECTIONS * STREAMS;
      mostMiB = before;
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(50))
          .until(
              () -> {
                mostMiB = Math.max(mostMiB, residentMiB());
                return began.seen().requests() >= all;
              });
      // All is asked for, and nothing is taken: what is held now is held on behalf of stalled ones.
      await()
          .during(GRACE.dividedBy(4))
          .atMost(PATIENCE)
          .until(
              () -> {
                mostMiB = Math.max(mostMiB, residentMiB());
                return true;
              });
      report.atMost("T23_memory_growth_mib", mostMiB - before, all * MIB_OF_STREAM + SLACK_MIB);
      var reset = 0;
      var end = end();
      for (var client : clients) {
        reset += resets(client, end);
      }
      report.exactly("T23_streams_reset", reset, all);
      if (reset == all) { // else others may be shed
        own.fence(mesh.outbound(), problems);
      }
    } finally {
      for (var client : clients) {
        client.close();
      }
    }
    return new Outcome(
        "T23", "10 MiB each on " + CONNECTIONS * STREAMS + " streams with shut windows", problems);
  }

  private Outcome drip() throws IOException {
    var problems = new ArrayList<String>();
    try (var client = asking(1);
        var dripping = Executors.newSingleThreadScheduledExecutor()) {
      var _ =
          dripping.scheduleAtFixedRate(
              () -> drip(client), DRIP_SECONDS, DRIP_SECONDS, TimeUnit.SECONDS);
      report.exactly("T23_drips_reset", resets(client, end()), STREAMS);
      dripping.shutdownNow();
      own.fence(mesh.outbound(), problems);
    }
    return new Outcome(
        "T23", STREAMS + " windows of a byte, and one more each " + DRIP_SECONDS + " s", problems);
  }

  private static void drip(RawHttp2 client) {
    try {
      for (var stream = 1; stream < 2 * STREAMS; stream += 2) {
        client.sendInt(Frame.WINDOW_UPDATE, stream, 1);
      }
    } catch (IOException _) {
      // the connection is over: whether its streams were reset is counted
    }
  }

  /** A client that asks for the big answer on each stream. */
  private RawHttp2 asking(int window) throws IOException {
    var client = mesh.http2(Direction.OUTBOUND).setting(4, window);
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
    return client;
  }

  private static long end() {
    return System.nanoTime() + PATIENCE.toNanos();
  }

  /** How many of a client's streams are reset because it takes nothing. */
  private static int resets(RawHttp2 client, long end) throws IOException {
    var reset = 0;
    try {
      while (reset < STREAMS) {
        var left = (int) TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          return reset;
        }
        var frame = client.timeout(left).read(); // one that drips gets others for ever
        if (frame.isEmpty()) {
          return reset;
        }
        reset += frame.get().type() == Frame.RST_STREAM ? 1 : 0;
      }
    } catch (SocketTimeoutException _) {
      // the others are not
    }
    return reset;
  }

  private double residentMiB() throws IOException {
    return ProcFs.residentMiB(sidecar.process().pid());
  }
}
