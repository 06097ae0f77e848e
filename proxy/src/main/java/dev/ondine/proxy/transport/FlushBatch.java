package dev.ondine.proxy.transport;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.List;

/**
 * The channels of a loop that were written to since the last flush. Confined to its event loop.
 *
 * <p>The flush is a task: Netty runs tasks after it has read from every channel that was ready.
 */
final class FlushBatch implements Runnable {
  private final EventLoop eventLoop;
  private final List<Channel> dirty = new ArrayList<>();

  FlushBatch(EventLoop eventLoop) {
    this.eventLoop = eventLoop;
  }

  void add(Channel channel) {
    assert eventLoop.inEventLoop();
    if (dirty.isEmpty()) {
      eventLoop.execute(this);
    }
    dirty.add(channel); // twice does no harm: the second flush finds nothing
  }

  @Override
  public void run() {
    // By index: a flush may fail a channel, whose end may make others dirty.
    for (var i = 0; i < dirty.size(); i++) {
      dirty.get(i).flush();
    }
    dirty.clear();
  }
}
