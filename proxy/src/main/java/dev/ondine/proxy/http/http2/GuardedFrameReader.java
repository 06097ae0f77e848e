package dev.ondine.proxy.http.http2;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameReader;
import org.jspecify.annotations.Nullable;

/** A frame reader that puts a {@link GuardedFrameListener} before whoever listens. */
final class GuardedFrameReader implements Http2FrameReader {
  private final Http2FrameReader reader;
  private final Http2Connection connection;
  private final FrameGuard guard;
  private @Nullable Http2FrameListener listener;
  private @Nullable GuardedFrameListener guarded;

  GuardedFrameReader(Http2FrameReader reader, Http2Connection connection, FrameGuard guard) {
    this.reader = reader;
    this.connection = connection;
    this.guard = guard;
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // is it still the same one?
  public void readFrame(ChannelHandlerContext ctx, ByteBuf input, Http2FrameListener to)
      throws Http2Exception {
    var target = guarded;
    if (target == null || listener != to) { // once for the preface, once for all the rest
      target = new GuardedFrameListener(to, connection, guard);
      guarded = target;
      listener = to;
    }
    var blocks = guard.blocks();
    blocks.look(input);
    var before = input.readableBytes();
    try {
      reader.readFrame(ctx, input, target);
    } finally {
      blocks.read(before - input.readableBytes());
    }
  }

  @Override
  public Configuration configuration() {
    return reader.configuration();
  }

  @Override
  public void close() {
    reader.close();
  }
}
