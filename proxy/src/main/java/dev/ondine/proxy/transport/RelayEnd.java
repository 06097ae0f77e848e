package dev.ondine.proxy.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** One of the two connections of a {@link Relay}. Confined to its loop. */
final class RelayEnd extends ChannelInboundHandlerAdapter {
  private static final int MAX_HELD = 4; // read buffers
  private static final int MAX_DECRYPTED = 128 << 10; // the largest read, and a record before it

  /** For the peer to take its last bytes; what it goes on sending is dropped meanwhile. */
  private static final Duration FAREWELL = Duration.ofSeconds(1);

  private final Relay relay;
  private final Connection connection;
  private final Channel channel;
  private final int bufferBytes;

  /** What came before there was another end. */
  private final Queue<ByteBuf> held = new ArrayDeque<>(2);

  private @Nullable RelayEnd other;
  private boolean inputEnded;
  private boolean outputEnded;
  private boolean leaving;
  private long read;
  private int unasked;

  RelayEnd(Relay relay, Connection connection, int bufferBytes) {
    this.relay = relay;
    this.connection = connection;
    this.channel = connection.channel();
    this.bufferBytes = bufferBytes;
  }

  void start() {
    channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    channel.config().setAutoRead(false);
    channel
        .config()
        .setWriteBufferWaterMark(new WriteBufferWaterMark(bufferBytes / 2, bufferBytes));
    inputEnded = connection.isInputEnded();
    channel.pipeline().addLast(this);
    channel.closeFuture().addListener(closed -> closed());
  }

  /** From now on what comes here goes there. */
  void join(RelayEnd to) {
    other = to;
    if (!held.isEmpty()) {
      for (var bytes = held.poll(); bytes != null; bytes = held.poll()) {
        to.write(bytes);
      }
      to.channel.flush();
    }
    if (inputEnded) {
      to.endOutput();
    }
    read(to.channel.isWritable());
  }

  private void read(boolean more) {
    if (!inputEnded && channel.isOpen()) {
      channel.config().setAutoRead(more);
    }
  }

  /** How many bytes came since the last call. */
  long takeRead() {
    var taken = read;
    read = 0;
    return taken;
  }

  boolean isOutputEnded() {
    return outputEnded;
  }

  /** Both its directions have ended: nothing is lost when it closes before the other. */
  boolean isDone() {
    return inputEnded && outputEnded;
  }

  long buffered() {
    var waiting = channel.unsafe().outboundBuffer();
    return held.stream().mapToLong(ByteBuf::readableBytes).sum()
        + (waiting == null ? 0 : waiting.totalPendingWriteBytes());
  }

  // ---- reading
  // ------------------------------------------------------------------------------------

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    var bytes = (ByteBuf) message;
    if (!relay.isOpen()) {
      bytes.release();
      return;
    }
    if (isUnasked(bytes.readableBytes())) {
      bytes.release(); // what the kernel still has of a connection that broke off
      relay.brokeOff(this);
      return;
    }
    relay.active();
    read += bytes.readableBytes();
    if (other == null) {
      held.add(bytes); // at most what was read when reading stopped
    } else {
      other.write(bytes);
    }
  }

  /** Only what was read when reading stopped may still come then. */
  private boolean isUnasked(int bytes) {
    var full = other == null ? held.size() >= MAX_HELD : !other.channel.isWritable();
    if (!full || channel.config().isAutoRead()) {
      unasked = 0;
      return false;
    }
    // What was decrypted comes in pieces: of one read, several.
    unasked += bytes;
    return !connection.isSecured() || unasked > MAX_DECRYPTED;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (other != null) {
      other.channel.flush();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent && !inputEnded) {
      inputEnded = true;
      if (leaving) {
        connection.close(); // the peer has got all
      } else if (other != null && relay.isOpen()) {
        other.endOutput();
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (relay.isOpen()) {
      relay.brokeOff(this);
    }
  }

  private void closed() {
    for (var bytes = held.poll(); bytes != null; bytes = held.poll()) {
      bytes.release();
    }
    relay.closed(this);
  }

  // ---- writing
  // ------------------------------------------------------------------------------------

  private void write(ByteBuf bytes) {
    var _ = channel.write(bytes, channel.voidPromise()); // a failure comes back as an exception
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    relay.active();
    if (other != null && relay.isOpen()) {
      other.read(channel.isWritable());
    }
  }

  /** Sends FIN once all that was written is with the kernel: Netty would drop what is not. */
  private void endOutput() {
    channel
        .writeAndFlush(Unpooled.EMPTY_BUFFER)
        .addListener(
            written -> {
              if (written.isSuccess()) {
                connection.endOutput().addListener(ended -> outputEnded(ended.isSuccess()));
              } // else it is closed, or about to be
            });
  }

  private void outputEnded(boolean inOrder) {
    if (inOrder) {
      outputEnded = true;
      relay.outputEnded();
    } else if (relay.isOpen()) {
      relay.brokeOff(this);
    }
  }

  /** Sends RST once all that was written is with the kernel. */
  void resetAfterFlush() {
    if (channel.isOpen()) {
      channel.config().setAutoRead(false);
      channel
          .writeAndFlush(Unpooled.EMPTY_BUFFER)
          .addListener(written -> connection.reset()); // at once where nothing can be written
    }
  }

  /**
   * Sends its last bytes and FIN, and waits for the peer's: closing with bytes that nobody read
   * would be a RST, at which the peer forgets what it has not read.
   */
  void say(byte[] last) {
    leaving = true;
    channel
        .writeAndFlush(Unpooled.wrappedBuffer(last))
        .addListener(
            written -> {
              if (!written.isSuccess() || inputEnded) {
                connection.close();
                return;
              }
              var _ = ((DuplexChannel) channel).shutdownOutput();
              channel.config().setAutoRead(true);
              var timer = connection.loop().schedule(FAREWELL, connection::close);
              channel.closeFuture().addListener(closed -> timer.cancel());
            });
  }

  void reset() {
    connection.reset();
  }

  void close() {
    connection.close();
  }

  @Override
  public String toString() {
    return String.valueOf(connection.peer());
  }
}
