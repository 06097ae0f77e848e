package dev.ondine.proxy.http.http2;

import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;

/** Shows every frame to the {@link FrameGuard} before the connection sees it. */
final class GuardedFrameListener extends Http2FrameListenerDecorator {
  // Ours to choose up to what the peer offers; an offer of gigabytes is not an invitation.
  private static final long MAX_HEADER_TABLE = 4_096;

  private final Http2Connection connection;
  private final FrameGuard guard;

  GuardedFrameListener(Http2FrameListener next, Http2Connection connection, FrameGuard guard) {
    super(next);
    this.connection = connection;
    this.guard = guard;
  }

  @Override
  public int onDataRead(
      ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean endOfStream)
      throws Http2Exception {
    if (guard.isClosed(id)) {
      // What is thrown away counts against the connection's window, too, and is given back to it.
      connection.local().flowController().receiveFlowControlledFrame(null, data, padding, false);
      if (guard.ignoresData(id)) {
        return data.readableBytes() + padding;
      }
    }
    if (data.isReadable() || endOfStream) {
      guard.useful();
    } else {
      guard.idleFrame(ctx.channel());
    }
    return super.onDataRead(ctx, id, data, padding, endOfStream);
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean endOfStream)
      throws Http2Exception {
    if (!guard.ignoresHeaders(id)) {
      guard.checkQueue(ctx.channel());
      guard.useful();
      super.onHeadersRead(ctx, id, headers, padding, endOfStream);
    }
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int id,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean endOfStream)
      throws Http2Exception {
    onHeadersRead(ctx, id, headers, padding, endOfStream); // RFC 9113, section 5.3: no priorities
  }

  @Override
  public void onPriorityRead(
      ChannelHandlerContext ctx, int id, int dependency, short weight, boolean exclusive)
      throws Http2Exception {
    guard.idleFrame(ctx.channel());
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int id, long errorCode)
      throws Http2Exception {
    if (guard.isClosed(id)) {
      guard.idleFrame(ctx.channel());
      return;
    }
    super.onRstStreamRead(ctx, id, errorCode);
  }

  @Override
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings)
      throws Http2Exception {
    guard.idleFrame(ctx.channel());
    var table = settings.headerTableSize();
    if (table != null && table > MAX_HEADER_TABLE) {
      settings.headerTableSize(MAX_HEADER_TABLE);
    }
    super.onSettingsRead(ctx, settings);
  }

  @Override
  public void onPingRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
    guard.idleFrame(ctx.channel());
    super.onPingRead(ctx, data);
  }

  @Override
  public void onPingAckRead(ChannelHandlerContext ctx, long data) throws Http2Exception {
    guard.idleFrame(ctx.channel());
    super.onPingAckRead(ctx, data);
  }

  @Override
  public void onWindowUpdateRead(ChannelHandlerContext ctx, int id, int increment)
      throws Http2Exception {
    guard.idleFrame(ctx.channel());
    if (!guard.isClosed(id)) {
      super.onWindowUpdateRead(ctx, id, increment);
    }
  }

  @Override
  public void onPushPromiseRead(
      ChannelHandlerContext ctx, int id, int promisedId, Http2Headers headers, int padding)
      throws Http2Exception {
    throw Http2Exception.connectionError(PROTOCOL_ERROR, "PUSH_PROMISE, which was not allowed");
  }

  @Override
  public void onUnknownFrame(
      ChannelHandlerContext ctx, byte type, int id, Http2Flags flags, ByteBuf payload)
      throws Http2Exception {
    guard.idleFrame(ctx.channel());
  }
}
