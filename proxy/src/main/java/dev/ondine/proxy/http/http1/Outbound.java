package dev.ondine.proxy.http.http1;

import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.Flushable;
import dev.ondine.proxy.transport.NettyBytes;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a connection is about to send. Confined to its loop.
 *
 * <p>Heads and small pieces of bodies go into one buffer, so that a small message is one write; it
 * is flushed once in a turn of the loop.
 */
final class Outbound implements Flushable {
  private static final int JOIN = 4096;
  private static final byte[] LINE = {Syntax.CR, Syntax.LF};
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] LAST_SIZE = "0\r\n".getBytes(StandardCharsets.US_ASCII);

  private final ChannelHandlerContext context;
  private final Connection connection;
  private @Nullable ByteBuf joined;
  private boolean dirty;

  Outbound(ChannelHandlerContext context, Connection connection) {
    this.context = context;
    this.connection = connection;
  }

  /** False while the peer does not take what was written. */
  boolean isWritable() {
    return context.channel().isWritable();
  }

  void head(HeadWriter head) {
    head.writeTo(room(head.length()));
  }

  /** A piece of a body; takes ownership. */
  void bytes(Bytes bytes) {
    var length = bytes.length();
    if (joined != null && joined.writableBytes() >= length + LAST_CHUNK.length) {
      var buffer = NettyBytes.bufferOf(bytes);
      joined.writeBytes(buffer);
      buffer.release();
    } else {
      handOn();
      var _ = context.write(NettyBytes.bufferOf(bytes), context.voidPromise());
    }
    flushSoon();
  }

  /** A piece of a body as one chunk; takes ownership. */
  void chunk(Bytes bytes) {
    var size = Integer.toHexString(bytes.length());
    var buffer = room(size.length() + 2);
    buffer.writeCharSequence(size, StandardCharsets.US_ASCII);
    buffer.writeBytes(LINE);
    bytes(bytes);
    room(2).writeBytes(LINE);
  }

  /** The end of a body in chunks. */
  void lastChunk(Headers trailers, HeadWriter writer) {
    if (trailers.size() == 0) {
      room(LAST_CHUNK.length).writeBytes(LAST_CHUNK);
    } else {
      head(writer.start().bytes(LAST_SIZE).fields(trailers).line());
    }
  }

  @Override
  public void flush() {
    dirty = false;
    handOn();
    context.flush();
  }

  /** Flushes now; done when the kernel has all of it. */
  ChannelFuture finish() {
    handOn();
    return context.writeAndFlush(context.alloc().buffer(0, 0));
  }

  /** Ends this side once all that was written is with the kernel. */
  void end() {
    end(() -> {});
  }

  /**
   * Ends this side once all that was written is with the kernel.
   *
   * @param then run when it is; not if the connection is closed before
   */
  void end(Runnable then) {
    finish()
        .addListener(
            sent -> {
              if (sent.isSuccess()) {
                var _ = connection.endOutput();
                then.run();
              } // else it is closed, or about to be
            });
  }

  /** Drops what was not flushed. */
  void release() {
    if (joined != null) {
      joined.release();
      joined = null;
    }
  }

  private ByteBuf room(int bytes) {
    flushSoon();
    if (joined != null && joined.writableBytes() < bytes) {
      handOn();
    }
    if (joined == null) {
      joined = buffer(Math.max(JOIN, bytes));
    }
    return joined;
  }

  /**
   * Without it, whoever writes cannot go on; nor can this connection, which has said half of it.
   */
  private ByteBuf buffer(int bytes) {
    try {
      return context.alloc().directBuffer(bytes);
    } catch (OutOfMemoryError e) {
      connection.loop().execute(() -> connection.broke(e)); // not within the write
      throw e;
    }
  }

  private void handOn() {
    if (joined != null) {
      var buffer = joined;
      joined = null;
      var _ = context.write(buffer, context.voidPromise());
    }
  }

  private void flushSoon() {
    if (!dirty) {
      dirty = true;
      connection.loop().flushSoon(this);
    }
  }
}
