package dev.ondine.proxy.transport;

import dev.ondine.base.time.Ticker;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;

/** A connection without a socket: what comes is given to it, what it sends is collected. */
public final class EmbeddedConnection {
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Connection connection =
      new Connection(channel, new Loop(0, channel.eventLoop(), Ticker.system()));
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

  /** One that is open and has sent nothing. */
  public EmbeddedConnection() {
    channel.config().setAllocator(allocator);
  }

  /** The connection as the codecs see it. */
  public Connection connection() {
    return connection;
  }

  /** The peer sent these bytes, in one packet. */
  public void receive(byte[] bytes, int from, int to) {
    if (channel.isOpen() && to > from) {
      channel.writeInbound(allocator.buffer(to - from).writeBytes(bytes, from, to - from));
    }
  }

  /** The peer ended its side. */
  public void end() {
    if (channel.isOpen()) {
      var _ = channel.close();
    }
    run();
  }

  /** Does what the loop has to do, and collects what was sent. */
  public void run() {
    channel.runPendingTasks();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      sent.write(ByteBufUtil.getBytes(out), 0, out.readableBytes());
      out.release();
    }
  }

  /** All that was sent so far. */
  public byte[] sent() {
    return sent.toByteArray();
  }

  /** How much of its buffers is not released. */
  public long heldBytes() {
    return allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory();
  }

  /** False once either side has closed it. */
  public boolean isOpen() {
    return channel.isOpen();
  }
}
