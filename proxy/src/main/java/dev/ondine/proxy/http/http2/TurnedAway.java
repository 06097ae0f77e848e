package dev.ondine.proxy.http.http2;

import dev.ondine.proxy.transport.Connection;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.util.ReferenceCountUtil;
import java.time.Duration;

/**
 * A connection for which there is no room: its client is told so and may go elsewhere. A mere close
 * would look like a fault of this one connection, and the client would make the next one at once.
 */
final class TurnedAway extends ChannelInboundHandlerAdapter {
  /** How many of a loop may linger; further ones get a mere close. */
  static final int MOST = 100;

  private static final Duration LINGER = Duration.ofSeconds(1);
  private static final int SETTINGS = 4;
  private static final int GOAWAY = 7;
  private static final int GOAWAY_LENGTH = 8;

  private final Connection connection;

  private TurnedAway(Connection connection) {
    this.connection = connection;
  }

  static void from(Connection connection) {
    connection.channel().pipeline().addLast(new TurnedAway(connection));
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    var frames = ctx.alloc().buffer();
    frame(frames, 0, SETTINGS); // the first frame of a server, whatever follows
    frame(frames, GOAWAY_LENGTH, GOAWAY).writeInt(0); // no stream was looked at
    frames.writeInt((int) Http2Error.ENHANCE_YOUR_CALM.code());
    ctx.writeAndFlush(frames)
        .addListener(
            sent -> {
              if (sent.isSuccess()) {
                var _ = connection.endOutput();
              }
            });
    // What comes is read meanwhile: closing at once might reset what the client has not read yet.
    var linger = connection.loop().schedule(LINGER, connection::close);
    ctx.channel().closeFuture().addListener(_ -> linger.cancel());
    ctx.channel().config().setAutoRead(true);
  }

  private static ByteBuf frame(ByteBuf to, int length, int type) {
    return to.writeMedium(length).writeByte(type).writeByte(0).writeInt(0);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ReferenceCountUtil.release(message);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    connection.broke(cause);
  }
}
