package dev.ondine.proxy.transport;

import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of a loop was written to since the last flush. Confined to its event loop.
 *
 * <p>The flush is a task: Netty runs tasks after it has read from every channel that was ready.
 */
final class FlushBatch implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(FlushBatch.class);

  private final EventLoop eventLoop;
  private final List<Flushable> dirty = new ArrayList<>();

  FlushBatch(EventLoop eventLoop) {
    this.eventLoop = eventLoop;
  }

  void add(Flushable written) {
    assert eventLoop.inEventLoop();
    if (dirty.isEmpty()) {
      eventLoop.execute(this);
    }
    dirty.add(written);
  }

  @Override
  public void run() {
    // By index: a flush may fail a channel, whose end may make others dirty.
    for (var i = 0; i < dirty.size(); i++) {
      try {
        dirty.get(i).flush();
      } catch (RuntimeException e) {
        LOG.error("a flush failed", e); // the others still want theirs
      }
    }
    dirty.clear();
  }
}
