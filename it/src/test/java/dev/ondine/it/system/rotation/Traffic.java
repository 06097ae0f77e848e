package dev.ondine.it.system.rotation;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Orders at a constant rate, whatever the answers take (open loop), by connections that are kept.
 * Each has a number of its own and is a POST: nobody may repeat it.
 */
final class Traffic {
  private static final int CONNECTIONS = 40;
  private static final int ANSWER_MILLIS = 10_000;
  private static final int MAX_TEXT = 120;

  private final int port;
  private final String authority;
  private final ConcurrentLinkedQueue<Double> millis = new ConcurrentLinkedQueue<>();
  private final ConcurrentSkipListMap<String, Integer> failures = new ConcurrentSkipListMap<>();
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicInteger reconnects = new AtomicInteger();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean over;

  /**
   * @param port of the caller's sidecar
   */
  Traffic(int port, String authority) {
    this.port = port;
    this.authority = authority;
  }

  /** Begins with this order, at most so many of them. */
  void start(int first, int most, int perSecond) {
    var gap = 1_000_000_000L * CONNECTIONS / perSecond;
    var begin = System.nanoTime();
    for (var i = 0; i < CONNECTIONS; i++) {
      var number = i;
      threads.add(
          Thread.ofVirtual()
              .start(
                  () ->
                      orders(
                          first + number, first + most, begin + gap * number / CONNECTIONS, gap)));
    }
  }

  /** Ends when the answers that are under way have come. */
  void stop() throws InterruptedException {
    over = true;
    for (var thread : threads) {
      thread.join();
    }
  }

  /** Ends when all of them are sent and answered. */
  void stopWhenSent() throws InterruptedException {
    for (var thread : threads) {
      thread.join();
    }
  }

  int sent() {
    return sent.get();
  }

  /** What was not answered 200, by what came instead. */
  Map<String, Integer> failures() {
    return new TreeMap<>(failures);
  }

  int failed() {
    return failures.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** How often a connection to the own sidecar had to be made again. */
  int reconnects() {
    return reconnects.get();
  }

  /** Since the moment at which each was due. */
  double millis(int percent) {
    var sorted = millis.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted.length == 0
        ? Double.POSITIVE_INFINITY
        : sorted[Math.min(sorted.length - 1, sorted.length * percent / 100)];
  }

  private void orders(int first, int end, long begin, long gap) {
    Line line = null;
    for (var i = 0; !over && first + i * CONNECTIONS < end; i++) {
      var due = begin + i * gap;
      while (due - System.nanoTime() > 0) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      sent.incrementAndGet();
      try {
        if (line == null || line.ends) {
          close(line);
          line = new Line(port);
          if (i > 0) {
            reconnects.incrementAndGet();
          }
        }
        var answer = line.ask("POST", authority, "/" + (first + i * CONNECTIONS));
        if (answer.equals("200")) {
          millis.add((System.nanoTime() - due) / 1e6);
        } else {
          failed(answer);
        }
      } catch (IOException | RuntimeException e) {
        failed(e.toString());
        close(line);
        line = null;
      }
    }
    close(line);
  }

  private void failed(String what) {
    failures.merge(what.length() > MAX_TEXT ? what.substring(0, MAX_TEXT) : what, 1, Integer::sum);
  }

  /** One request on a new connection: its status, with the reason. */
  static String once(int port, String authority, int order) {
    try (var line = new Line(port)) {
      return line.ask("POST", authority, "/" + order);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** How many bytes of a slow answer came; -1: it broke off. */
  static int drip(int port, String authority, int pieces) {
    try (var line = new Line(port)) {
      var answer = line.ask("GET", authority, "/drip/" + pieces);
      return answer.equals("200") ? line.bytes : -1;
    } catch (IOException _) {
      return -1;
    }
  }

  private static void close(@Nullable Line line) {
    if (line != null) {
      line.close();
    }
  }

  /** A connection. */
  private static final class Line implements AutoCloseable {
    private final Socket socket = new Socket();
    private final InputStream in;
    private boolean ends;
    private int bytes; // of the last answer

    Line(int port) throws IOException {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(ANSWER_MILLIS);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWER_MILLIS);
      in = new BufferedInputStream(socket.getInputStream());
    }

    /** The status of one more answer, with the body of one that is not 200. */
    String ask(String method, String authority, String path) throws IOException {
      var head = method + " http://" + authority + path + " HTTP/1.1\r\nHost: " + authority;
      var request = head + (method.equals("POST") ? "\r\nContent-Length: 2\r\n\r\nhi" : "\r\n\r\n");
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      var first = Ledger.line(in);
      if (first.isEmpty()) {
        throw new IOException("the connection ended");
      }
      var status = first.split(" ", 3)[1];
      var length = 0;
      for (var field = Ledger.line(in); !field.isEmpty(); field = Ledger.line(in)) {
        var lower = field.toLowerCase(Locale.ROOT);
        if (lower.startsWith("content-length:")) {
          length = Integer.parseInt(lower.substring("content-length:".length()).strip());
        }
        if (lower.startsWith("transfer-encoding:")) {
          length = -1;
        }
        ends |= lower.startsWith("connection:") && lower.contains("close");
      }
      var body = length < 0 ? chunks() : new String(in.readNBytes(length), US_ASCII);
      bytes = body.length();
      return status.equals("200") ? status : status + " " + body.strip();
    }

    private String chunks() throws IOException {
      var text = new StringBuilder();
      for (var size = Integer.parseInt(Ledger.line(in), 16);
          size > 0;
          size = Integer.parseInt(Ledger.line(in), 16)) {
        text.append(new String(in.readNBytes(size), US_ASCII));
        var _ = Ledger.line(in);
      }
      var _ = Ledger.line(in);
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
