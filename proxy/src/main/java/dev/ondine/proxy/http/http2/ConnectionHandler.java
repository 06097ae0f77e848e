package dev.ondine.proxy.http.http2;

import static io.netty.handler.codec.http2.Http2Error.INTERNAL_ERROR;
import static java.util.Objects.requireNonNull;

import dev.ondine.base.time.Scheduler;
import dev.ondine.proxy.http.Details;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One end of an HTTP/2 connection: tells its streams what came for them and writes what they send.
 * Confined to its event loop.
 */
abstract class ConnectionHandler extends Http2ConnectionHandler {
  private static final Logger log = LoggerFactory.getLogger(ConnectionHandler.class);
  private static final int INITIAL_CONNECTION_WINDOW = 65_535; // RFC 9113, section 6.9.2

  /** So much longer may a stream be behind that has credit, and shares a slow connection. */
  private static final int SHARING = 4;

  final Connection transport;
  final Http2Limits limits;
  final FrameGuard guard;
  private final Http2Connection.PropertyKey messages;
  private @Nullable ChannelHandlerContext context;
  private Scheduler.@Nullable Timer progressCheck;
  private boolean reading;

  ConnectionHandler(Connection transport, Codec codec, Http2Limits limits, boolean flushesPreface) {
    super(codec.decoder(), codec.encoder(), codec.settings(), true, flushesPreface);
    this.transport = transport;
    this.limits = limits;
    this.guard = codec.guard();
    this.messages = connection().newKey();
    codec.decoder().frameListener(new Frames());
    connection().addListener(new Closing());
  }

  /** A request on a new stream; only a server gets one. Attaches who is told of the rest. */
  abstract void opened(Http2Stream stream, Http2Headers headers, boolean end) throws Http2Exception;

  /** The peer will take no stream above this one. */
  abstract void goneAway(int lastStream, long errorCode);

  /** The peer has answered a PING. */
  abstract void pong(long data);

  /** The peer's SETTINGS are here; more may follow. */
  void settled(Http2Settings settings) {}

  /** A stream is closed, and its messages were told. */
  abstract void streamClosed();

  /** What the peer sent is an error of a stream, or of the connection. */
  void refused(Http2Exception error) {}

  /** Bytes a second that the peer must take of what it is offered; 0: anything will do. */
  int leastRate() {
    return 0;
  }

  /** True if it is up to the peer to let go on what waits to be written on a stream. */
  boolean holdsUp(Http2Stream stream) {
    return true;
  }

  /** Tells every stream that a second has passed. */
  final void sweepStreams() {
    forEachStream((_, to) -> to.sweep());
  }

  private void forEachStream(BiConsumer<Http2Stream, StreamMessages> action) {
    try {
      connection()
          .forEachActiveStream(
              stream -> {
                StreamMessages to = stream.getProperty(messages);
                if (to != null) {
                  action.accept(stream, to);
                }
                return true;
              });
    } catch (Http2Exception e) {
      onError(context(), true, e);
    }
  }

  final Loop loop() {
    return transport.loop();
  }

  final long nanos() {
    return loop().ticker().nanos();
  }

  final ChannelHandlerContext context() {
    return requireNonNull(context, "not in a pipeline");
  }

  /** Names who is told what comes on a stream. */
  final void attach(Http2Stream stream, StreamMessages to) {
    stream.setProperty(messages, to);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    context = ctx;
    super.handlerAdded(ctx);
    decoder()
        .flowController()
        .incrementWindowSize(
            connection().connectionStream(), limits.connectionWindow() - INITIAL_CONNECTION_WINDOW);
    flushSoon();
    ctx.channel().config().setAutoRead(true); // flow control is by stream; the connection flows
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    if (progressCheck != null) {
      progressCheck.cancel();
    }
    super.channelInactive(ctx);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    reading = true;
    super.channelRead(ctx, message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) throws Exception {
    reading = false;
    super.channelReadComplete(ctx); // flushes
  }

  /** Writes a head or trailers. */
  final ChannelFuture writeHeaders(int id, Http2Headers headers, boolean end) {
    if (!isWritable(id)) {
      return closed();
    }
    guard.useful();
    var ctx = context();
    var future = encoder().writeHeaders(ctx, id, headers, 0, end, ctx.newPromise());
    flushSoon();
    return future;
  }

  /** Writes content, as the peer gives credit; takes over the buffer. */
  final ChannelFuture writeData(int id, ByteBuf data, boolean end) {
    if (!isWritable(id)) {
      data.release();
      return closed();
    }
    guard.useful();
    var ctx = context();
    var future = encoder().writeData(ctx, id, data, 0, end, ctx.newPromise());
    flushSoon();
    return future;
  }

  /** Resets a stream, unless it is closed. */
  final void reset(int id, Http2Error error) {
    if (connection().stream(id) != null) {
      var ctx = context();
      var _ = encoder().writeRstStream(ctx, id, error.code(), ctx.newPromise());
      flushSoon();
    }
  }

  /** Gives the peer credit for so many bytes more on a stream. */
  final void delivered(int id, int bytes) {
    var stream = connection().stream(id);
    if (stream == null) {
      return;
    }
    try {
      if (decoder().flowController().consumeBytes(stream, bytes)) {
        flushSoon();
      }
    } catch (Http2Exception e) {
      onError(context(), true, e);
    }
  }

  final void flushSoon() {
    if (!reading) { // else the end of the read flushes
      loop().flushSoon(transport.channel());
    }
  }

  /** Netty takes a write on a closed stream for a fault of the whole connection. */
  private boolean isWritable(int id) {
    var stream = connection().stream(id);
    return stream != null && stream.state().localSideOpen() && !stream.isResetSent();
  }

  private ChannelFuture closed() {
    return context().newFailedFuture(new ClosedChannelException());
  }

  @Override
  protected void onStreamError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      Http2Exception.StreamException error) {
    var stream = connection().stream(error.streamId());
    if (outbound) {
      if (stream != null && stream.state() != Http2Stream.State.CLOSED) {
        super.onStreamError(ctx, outbound, cause, error);
      }
      return; // what waited to be written on a closed stream needs no further reset
    }
    var detail = Details.printable(String.valueOf(error.getMessage()));
    log.debug("{} stream {}: {}", ctx.channel(), error.streamId(), detail);
    StreamMessages to = stream == null ? null : stream.getProperty(messages);
    if (to != null) {
      to.malformed(detail);
    }
    super.onStreamError(ctx, outbound, cause, error);
    guard.refused(error.streamId());
    try {
      guard.reset();
      refused(error); // else it is told of as the connection's
    } catch (Http2Exception tooMany) {
      onConnectionError(ctx, false, tooMany, tooMany);
    }
  }

  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception error) {
    if (cause instanceof OutOfMemoryError) {
      transport.broke(cause); // nor is there any for a GOAWAY
      return;
    }
    if (cause instanceof IOException) {
      log.debug("{} broke off: {}", ctx.channel(), cause.getMessage());
    } else if (error == null) {
      log.warn("{} failed", ctx.channel(), cause);
    } else {
      var detail = Details.printable(String.valueOf(error.getMessage()));
      log.debug("{} {}: {}", ctx.channel(), error.error(), detail);
      if (!outbound) {
        refused(error);
      }
    }
    super.onConnectionError(ctx, outbound, cause, error);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) throws Exception {
    if (cause instanceof IOException) {
      var _ = ctx.close(); // the peer broke off; its streams are told
    } else {
      onError(ctx, false, cause);
    }
  }

  /** What came, stream by stream. */
  private final class Frames extends Http2FrameAdapter {
    @Override
    public void onHeadersRead(
        ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean end)
        throws Http2Exception {
      var stream = connection().stream(id);
      StreamMessages to = stream.getProperty(messages);
      if (to == null) {
        opened(stream, headers, end);
      } else {
        to.headers(headers, end);
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
        boolean end)
        throws Http2Exception {
      onHeadersRead(ctx, id, headers, padding, end);
    }

    @Override
    public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean end)
        throws Http2Exception {
      StreamMessages to = connection().stream(id).getProperty(messages);
      if (to == null) {
        return data.readableBytes() + padding; // answered before it was given to anyone
      }
      to.data(data, end);
      return padding; // the rest is given back as it is delivered
    }

    @Override
    public void onRstStreamRead(ChannelHandlerContext ctx, int id, long errorCode)
        throws Http2Exception {
      StreamMessages to = connection().stream(id).getProperty(messages);
      if (to != null) {
        to.reset(errorCode);
      }
      guard.reset();
    }

    @Override
    public void onGoAwayRead(
        ChannelHandlerContext ctx, int lastStream, long errorCode, ByteBuf debugData) {
      goneAway(lastStream, errorCode);
    }

    @Override
    public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
      settled(settings);
    }

    @Override
    public void onPingAckRead(ChannelHandlerContext ctx, long data) {
      pong(data);
    }
  }

  /** Resets the streams of which the peer has taken nothing for too long. */
  private void checkProgress() {
    progressCheck = null;
    if (transport.isOpen() && connection().numActiveStreams() > 0) {
      resetStalled(limits.stall());
      checkProgressLater();
    }
  }

  /** Resets the streams of which the peer takes too little for so long; credit is no excuse. */
  final void resetStalled(Duration stall) {
    var since = nanos() - stall.toNanos();
    var longSince = nanos() - SHARING * stall.toNanos();
    forEachStream(
        (stream, to) -> {
          if (to.isStalledSince(holdsUp(stream) ? since : longSince)) {
            to.stalled();
          }
        });
  }

  private void checkProgressLater() {
    if (progressCheck == null) {
      progressCheck = loop().schedule(limits.stall().dividedBy(2), this::checkProgress);
    }
  }

  /** However a stream ends, its messages are told. */
  private final class Closing extends Http2ConnectionAdapter {
    @Override
    public void onStreamActive(Http2Stream stream) {
      checkProgressLater();
    }

    @Override
    public void onStreamClosed(Http2Stream stream) {
      StreamMessages to = stream.removeProperty(messages);
      if (to != null) {
        try {
          to.closed();
        } catch (RuntimeException e) { // a layer's fault is this stream's, not the others'
          log.error("{} stream {}: {}", transport.channel(), stream.id(), INTERNAL_ERROR, e);
        }
      }
      streamClosed();
    }
  }
}
