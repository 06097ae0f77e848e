package dev.ondine.it.system.hostile;

import dev.ondine.testkit.http1.RawHttp1;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A well-behaved client beside a hostile one: one request each 2 ms, on one connection. */
final class Neighbour implements AutoCloseable {
  private static final long EVERY_MILLIS = 2;

  private final RawHttp1 client;
  private final Own own;
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private List<Long> nanos = new ArrayList<>();
  private boolean measured;
  private int failed;

  Neighbour(Mesh<?> mesh, Own own) throws IOException {
    this.client = RawHttp1.connect(mesh.outbound(), mesh.patienceMillis());
    this.own = own;
    var _ = thread.scheduleAtFixedRate(this::ask, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void ask() {
    boolean counts;
    synchronized (this) {
      counts = measured;
    }
    var start = System.nanoTime();
    var answered = own.isAnswered(client, own.target());
    var took = System.nanoTime() - start;
    synchronized (this) {
      if (counts) {
        nanos.add(took);
      }
      failed += answered ? 0 : 1;
    }
  }

  /** Counts the requests that begin while this is done. */
  <T> T measure(Supplier<T> what) {
    switchTo(true);
    try {
      return what.get();
    } finally {
      switchTo(false);
    }
  }

  private synchronized void switchTo(boolean isMeasured) {
    measured = isMeasured;
  }

  /** The 99th percentile since the last time, in milliseconds. */
  synchronized double p99Millis() {
    var sorted = new ArrayList<>(nanos);
    nanos = new ArrayList<>();
    Collections.sort(sorted);
    return sorted.isEmpty() ? 0 : sorted.get((sorted.size() - 1) * 99 / 100) / 1e6;
  }

  /** How many there were since the last percentile. */
  synchronized int count() {
    return nanos.size();
  }

  synchronized int failed() {
    return failed;
  }

  @Override
  public void close() throws IOException {
    thread.shutdownNow();
    client.close();
  }
}
