package dev.ondine.proxy.telemetry;

import dev.ondine.base.lifecycle.Component;
import dev.ondine.base.metrics.Metrics;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the access log on a thread of its own. A full queue drops entries and counts them: a slow
 * disk never stalls a request.
 */
public final class AccessLogWriter implements Component {
  private static final Logger LOG = LoggerFactory.getLogger(AccessLogWriter.class);
  private static final int QUEUE = 8_192;

  /** Entries wait at most this long before they are seen in the file. */
  private static final Duration TICK = Duration.ofMillis(50);

  private final OutputStream out;
  private final ConcurrentLinkedQueue<AccessLogEntry> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();
  private final Metrics.Counter dropped;
  private volatile boolean running;
  private @Nullable Thread thread;

  /**
   * @param out owned by the caller; flushed when the queue is empty
   */
  public AccessLogWriter(OutputStream out, Metrics metrics) {
    this.out = new BufferedOutputStream(out, 1 << 15);
    this.dropped =
        metrics.counter(
            "ondine_access_log_dropped_total", "Access log entries that found the queue full.");
  }

  @Override
  public String name() {
    return "access log";
  }

  @Override
  public void start() {
    running = true;
    thread = Thread.ofPlatform().name("access-log").daemon().start(this::run);
  }

  /** Queues an entry; on any thread, never blocks. */
  void offer(AccessLogEntry entry) {
    if (queued.incrementAndGet() > QUEUE) {
      queued.decrementAndGet();
      dropped.increment();
      return;
    }
    queue.add(entry);
  }

  /** Writes what is queued, then ends. */
  @Override
  public void stop() {
    running = false;
    var writer = thread;
    if (writer != null) {
      LockSupport.unpark(writer);
      try {
        writer.join(Duration.ofSeconds(5));
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    var line = new JsonLine();
    try {
      while (running) {
        writeQueued(line);
        LockSupport.parkNanos(TICK.toNanos());
      }
      writeQueued(line);
    } catch (IOException e) {
      LOG.error("the access log cannot be written, and ends here: {}", e.toString());
    }
  }

  private void writeQueued(JsonLine line) throws IOException {
    var wrote = false;
    for (var entry = queue.poll(); entry != null; entry = queue.poll()) {
      queued.decrementAndGet();
      out.write(line.of(entry).getBytes(StandardCharsets.UTF_8));
      wrote = true;
    }
    if (wrote) {
      out.flush();
    }
  }
}
