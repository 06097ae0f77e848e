package dev.ondine.proxy.transport;

import dev.ondine.base.time.Scheduler;
import dev.ondine.base.time.Ticker;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An event loop: the one thread of a connection, its exchanges and their upstream connections.
 *
 * <p>Everything but {@link #execute} and {@link #schedule} is confined to it.
 */
public final class Loop implements Scheduler {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);
  private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);

  private final int index;
  private final EventLoop eventLoop;
  private final Ticker ticker;
  private final FlushBatch flushes;
  private final Sweeper sweeper;
  private final Set<Channel> made = Collections.newSetFromMap(new IdentityHashMap<>());
  private long starved;
  private long starvedTold;

  Loop(int index, EventLoop eventLoop, Ticker ticker) {
    this.index = index;
    this.eventLoop = eventLoop;
    this.ticker = ticker;
    this.flushes = new FlushBatch(eventLoop);
    this.sweeper = new Sweeper(this);
  }

  /** Its number, from 0: the index of what is kept once for each loop. */
  public int index() {
    return index;
  }

  /** Netty's event loop, for the packages that see Netty. */
  public EventLoop eventLoop() {
    return eventLoop;
  }

  /** Flushes it once the loop has read what is there to read: many writes, one system call. */
  public void flushSoon(Flushable written) {
    flushes.add(written);
  }

  /** Likewise, for a channel that was written to without a buffer of ours in between. */
  public void flushSoon(Channel channel) {
    flushes.add(channel::flush);
  }

  /**
   * Says, now and then, that connections are closed because there was no memory for a buffer: there
   * may be thousands of them.
   */
  void starved(OutOfMemoryError cause) {
    starved++;
    var now = ticker.nanos();
    if (starved == 1 || now - starvedTold > BETWEEN_LINES.toNanos()) {
      starvedTold = now;
      LOG.warn(
          "no memory for a buffer: closing the connection that needs it, {} so far on this loop:"
              + " {}",
          starved,
          cause.getMessage());
    }
  }

  /** A connection that was made on this loop: it is closed at the latest when the loop ends. */
  void made(Channel channel) {
    made.add(channel);
    channel.closeFuture().addListener(_ -> made.remove(channel));
  }

  /** Closes the connections that were made here; those that were accepted are their listener's. */
  void closeMade() {
    for (var channel : List.copyOf(made)) {
      var _ = channel.close();
    }
  }

  /** What looks at the loop's connections once a second. */
  public Sweeper sweeper() {
    return sweeper;
  }

  @Override
  public void execute(Runnable task) {
    eventLoop.execute(task);
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    var scheduled = eventLoop.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> scheduled.cancel(false);
  }

  @Override
  public boolean inThread() {
    return eventLoop.inEventLoop();
  }

  @Override
  public Ticker ticker() {
    return ticker;
  }
}
