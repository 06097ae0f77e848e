package dev.ondine.proxy.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Bytes in frames, inside TLS between two sidecars: each side of a relayed connection can end for
 * itself, as TCP's can, and an end is told from a loss. A frame is its length in four bytes, then
 * as many; the last one is empty. Confined to its loop.
 *
 * <p>TLS 1.3 has half-closed connections, too (RFC 8446, section 6.1), but BoringSSL's engine in
 * Netty answers each close_notify with its own, so that nothing could be sent after the peer's.
 */
final class FramedStream extends ChannelDuplexHandler {
  private static final int HEAD = Integer.BYTES;

  private @Nullable ChannelHandlerContext context;
  private int head;
  private int headBytes;
  private int left; // of a frame
  private boolean inputEnded;

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  boolean isInputEnded() {
    return inputEnded;
  }

  /** Sends the last frame. */
  ChannelFuture end() {
    var ctx = context;
    if (ctx == null) {
      throw new IllegalStateException("not added to its pipeline yet");
    }
    return ctx.writeAndFlush(ctx.alloc().buffer(HEAD).writeInt(0));
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    var bytes = (ByteBuf) message;
    if (bytes.isReadable()) {
      var _ =
          ctx.write(ctx.alloc().buffer(HEAD).writeInt(bytes.readableBytes()), ctx.voidPromise());
    } // else it only asks when all before it has left
    var _ = ctx.write(bytes, promise);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    var bytes = (ByteBuf) message;
    try {
      while (bytes.isReadable() && ctx.channel().isOpen()) {
        if (left > 0) {
          var length = Math.min(left, bytes.readableBytes());
          left -= length;
          ctx.fireChannelRead(bytes.readRetainedSlice(length));
        } else {
          head(ctx, bytes.readUnsignedByte());
        }
      }
    } finally {
      bytes.release();
    }
  }

  private void head(ChannelHandlerContext ctx, int next) {
    if (inputEnded) {
      broken(ctx, "bytes after its last frame");
      return;
    }
    head = head << 8 | next;
    if (++headBytes < HEAD) {
      return;
    }
    headBytes = 0;
    left = head;
    head = 0;
    if (left < 0) {
      left = 0;
      broken(ctx, "a frame of more than 2 GiB");
    } else if (left == 0) {
      inputEnded = true;
      ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
    }
  }

  private static void broken(ChannelHandlerContext ctx, String why) {
    ctx.fireExceptionCaught(new IOException("the peer's sidecar sent " + why));
    var _ = ctx.close();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (!(event instanceof ChannelInputShutdownEvent)) {
      ctx.fireUserEventTriggered(event);
    } else if (!inputEnded) {
      ctx.fireExceptionCaught(new IOException("the peer's sidecar ended before its last frame"));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!inputEnded || !(cause instanceof UncleanEndException)) {
      ctx.fireExceptionCaught(cause);
    }
  }
}
