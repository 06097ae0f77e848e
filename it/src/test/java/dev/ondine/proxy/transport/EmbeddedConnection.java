package dev.ondine.proxy.transport;

import dev.ondine.testkit.ManualClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DuplexChannel;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A connection without a socket, on a loop of its own: what comes is given to it, what it sends is
 * collected. Time passes only where the test says so.
 */
public final class EmbeddedConnection {
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
  private final Duplex channel = new Duplex();
  private final ManualClock clock;
  private final Connection connection;
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();

  /** One that is open and has sent nothing, with a clock of its own that {@link #pass} moves. */
  public EmbeddedConnection() {
    this(new ManualClock());
  }

  /** The same; whoever moves the clock, which others may share, calls {@link #passSecond}. */
  public EmbeddedConnection(ManualClock clock) {
    this.clock = clock;
    connection = new Connection(channel, new Loop(0, channel.eventLoop(), clock));
    channel.config().setAllocator(allocator);
    channel.freezeTime();
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

  /** From now on the kernel has room for so many bytes more, and for no others. */
  public void room(int bytes) {
    channel.room = bytes;
    channel.unsafe().flush();
    run();
  }

  /** The peer ended its side. */
  public void end() {
    if (channel.isOpen()) {
      var _ = channel.close();
    }
    run();
  }

  /** So many seconds pass, one by one. */
  public void pass(long seconds) {
    for (var left = seconds; left > 0; left--) {
      clock.advance(Duration.ofSeconds(1));
      passSecond();
    }
  }

  /** The loop's timers are a second further. */
  public void passSecond() {
    channel.advanceTimeBy(1, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
    run();
  }

  /** The peer stops, or goes on, to take what is sent to it: a socket whose buffers are full. */
  public void taking(boolean takes) {
    channel.room = takes ? -1 : 0;
    if (takes) {
      channel.unsafe().flush();
    }
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

  /** Its two sides end one by one, as those of every socket of ours. */
  private static final class Duplex extends EmbeddedChannel implements DuplexChannel {
    private int room = -1; // for bytes to be sent; negative: for all
    private boolean inputShutdown;
    private boolean outputShutdown;

    @Override
    protected void doWrite(ChannelOutboundBuffer waiting) throws Exception {
      if (room < 0) {
        super.doWrite(waiting);
        return;
      }
      for (var next = (ByteBuf) waiting.current();
          next != null && (room > 0 || !next.isReadable());
          next = (ByteBuf) waiting.current()) {
        var bytes = Math.min(room, next.readableBytes());
        room -= bytes;
        handleOutboundMessage(next.retainedSlice(next.readerIndex(), bytes));
        if (bytes == next.readableBytes()) {
          var _ = waiting.remove();
        } else {
          waiting.removeBytes(bytes);
        }
      }
    }

    @Override
    public boolean isInputShutdown() {
      return inputShutdown;
    }

    @Override
    public ChannelFuture shutdownInput() {
      return shutdownInput(newPromise());
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
      inputShutdown = true;
      return promise.setSuccess();
    }

    @Override
    public boolean isOutputShutdown() {
      return outputShutdown;
    }

    @Override
    public ChannelFuture shutdownOutput() {
      return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
      outputShutdown = true;
      return promise.setSuccess();
    }

    @Override
    public boolean isShutdown() {
      return inputShutdown && outputShutdown;
    }

    @Override
    public ChannelFuture shutdown() {
      return shutdown(newPromise());
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
      inputShutdown = true;
      outputShutdown = true;
      return promise.setSuccess();
    }
  }
}
