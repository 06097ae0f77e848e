package dev.ondine.cli.demo.load;

import dev.ondine.base.time.Ticker;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests at a constant rate, whether or not the ones before were answered: a stall is seen by all
 * that fall into it.
 */
final class OpenLoop {
  private static final int MAX_UNDER_WAY = 512;
  private static final int STOP_SECONDS = 15;

  private final Customer customer;
  private final Ticker ticker;
  private final String label;
  private final String url;
  private final long intervalNanos;
  private final Tally tally = new Tally();
  private final Semaphore free = new Semaphore(MAX_UNDER_WAY);
  private final Thread pace;

  private OpenLoop(Customer customer, Ticker ticker, String label, String url, int perSecond) {
    this.customer = customer;
    this.ticker = ticker;
    this.label = label;
    this.url = url;
    this.intervalNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
    this.pace = Thread.ofPlatform().daemon().name("pace").unstarted(this::run);
  }

  static OpenLoop start(Customer customer, Ticker ticker, String label, String url, int perSecond) {
    var loop = new OpenLoop(customer, ticker, label, url, perSecond);
    loop.pace.start();
    return loop;
  }

  private void run() {
    var next = ticker.nanos();
    while (!Thread.currentThread().isInterrupted()) {
      for (var left = next - ticker.nanos();
          left > 0 && !Thread.currentThread().isInterrupted();
          left = next - ticker.nanos()) {
        LockSupport.parkNanos(left);
      }
      next += intervalNanos;
      // When so many wait, the pace waits too; the tally shows how long they took.
      free.acquireUninterruptibly();
      Thread.startVirtualThread(
          () -> {
            try {
              customer.again(label, url, tally);
            } finally {
              free.release();
            }
          });
    }
  }

  /** What has ended so far. */
  Tally.Sum sum() {
    return tally.sum();
  }

  /** Ends when all that is under way has. */
  Tally.Sum stop() throws InterruptedException {
    pace.interrupt();
    pace.join();
    if (!free.tryAcquire(MAX_UNDER_WAY, STOP_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("requests do not end");
    }
    return tally.sum();
  }
}
