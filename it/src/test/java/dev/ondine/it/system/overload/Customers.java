package dev.ondine.it.system.overload;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Clients of good will: each on a connection that it keeps, at a constant rate whatever the answers
 * take (open loop: a late answer makes the next ones late, and that counts).
 */
final class Customers {
  private static final int ANSWER_MILLIS = 5_000;

  private final int port;
  private final byte[] request;
  private final int connections;
  private final int perSecond;

  /** What they saw. */
  record Seen(int requests, int ok, int shed, int failed, double p50Millis, double p99Millis) {}

  Customers(int port, String authority, int connections, int perSecond) {
    this.port = port;
    this.request =
        ("GET http://" + authority + "/ HTTP/1.1\r\nHost: " + authority + "\r\n\r\n")
            .getBytes(US_ASCII);
    this.connections = connections;
    this.perSecond = perSecond;
  }

  /** The same customers, who keep their connections from one time to the next. */
  Regulars open() {
    return new Regulars();
  }

  /** Sends for this long, on new connections. */
  Seen send(Duration time) throws InterruptedException {
    try (var regulars = new Regulars()) {
      return regulars.send(time);
    }
  }

  /** Customers with their connections. */
  final class Regulars implements AutoCloseable {
    private final @Nullable Line[] lines = new Line[connections];

    Seen send(Duration time) throws InterruptedException {
      return Customers.this.send(time, lines);
    }

    @Override
    public void close() {
      for (var line : lines) {
        Customers.close(line);
      }
    }
  }

  private Seen send(Duration time, @Nullable Line[] lines) throws InterruptedException {
    var millis = new ConcurrentLinkedQueue<Double>();
    var shed = new AtomicInteger();
    var failed = new AtomicInteger();
    var threads = new ArrayList<Thread>();
    var each = (int) (time.toMillis() * perSecond / 1_000 / connections);
    var gap = 1_000_000_000L * connections / perSecond;
    for (var i = 0; i < connections; i++) {
      var begin = System.nanoTime() + gap * i / connections;
      var number = i;
      threads.add(
          Thread.ofVirtual()
              .start(() -> customer(lines, number, begin, gap, each, millis, shed, failed)));
    }
    for (var thread : threads) {
      thread.join();
    }
    var sorted = millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return new Seen(
        each * connections,
        sorted.length,
        shed.get(),
        failed.get(),
        percentile(sorted, 50),
        percentile(sorted, 99));
  }

  /** One request on a new connection: its status, or 0. */
  int once() {
    try (var line = new Line()) {
      return line.ask();
    } catch (IOException _) {
      return 0;
    }
  }

  private void customer(
      @Nullable Line[] lines,
      int number,
      long begin,
      long gap,
      int count,
      ConcurrentLinkedQueue<Double> millis,
      AtomicInteger shed,
      AtomicInteger failed) {
    var line = lines[number];
    for (var i = 0; i < count; i++) {
      var due = begin + i * gap;
      while (due - System.nanoTime() > 0) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      try {
        if (line == null || line.ends) {
          close(line);
          line = new Line();
        }
        var status = line.ask();
        if (status == 200) {
          millis.add((System.nanoTime() - due) / 1e6);
        } else if (status == 503) {
          shed.incrementAndGet();
        } else {
          failed.incrementAndGet();
        }
      } catch (IOException _) {
        failed.incrementAndGet();
        close(line);
        line = null;
      }
    }
    lines[number] = line;
  }

  private static void close(@Nullable Line line) {
    if (line != null) {
      line.close();
    }
  }

  private static double percentile(double[] sorted, int percent) {
    return sorted.length == 0
        ? Double.POSITIVE_INFINITY
        : sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
  }

  /** The middle one. */
  static double median(List<Double> values) {
    var sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** A connection. */
  private final class Line implements AutoCloseable {
    private final Socket socket = new Socket();
    private final InputStream in;
    private boolean ends;

    Line() throws IOException {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(ANSWER_MILLIS);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWER_MILLIS);
      in = new BufferedInputStream(socket.getInputStream());
    }

    /** The status of one more answer. */
    int ask() throws IOException {
      socket.getOutputStream().write(request);
      var status = Integer.parseInt(line().split(" ", 3)[1]);
      var length = 0;
      for (var field = line(); !field.isEmpty(); field = line()) {
        var lower = field.toLowerCase(Locale.ROOT);
        if (lower.startsWith("content-length:")) {
          length = Integer.parseInt(lower.substring("content-length:".length()).strip());
        }
        ends |= lower.startsWith("connection:") && lower.contains("close");
      }
      in.skipNBytes(length);
      return status;
    }

    private String line() throws IOException {
      var text = new StringBuilder();
      for (var c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          throw new IOException("the connection ended");
        }
        if (c != '\r') {
          text.append((char) c);
        }
      }
      return text.toString();
    }

    @Override
    public void close() {
      try {
        socket.close();
      } catch (IOException _) {
        // it is gone either way
      }
    }
  }
}
