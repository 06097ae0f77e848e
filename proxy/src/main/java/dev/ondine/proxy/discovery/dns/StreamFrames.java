package dev.ondine.proxy.discovery.dns;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import java.util.function.Consumer;

/** DNS messages on a TCP connection: each after its length in two bytes (RFC 1035, 4.2.2). */
final class StreamFrames {
  private static final int LENGTH = 2;
  private static final int LARGEST = 65_535 + LENGTH;

  private StreamFrames() {}

  /** Reads messages from the connection. */
  static void add(Channel channel, Consumer<byte[]> messages, Runnable closed) {
    channel
        .pipeline()
        .addLast(
            new LengthFieldBasedFrameDecoder(LARGEST, 0, LENGTH, 0, LENGTH),
            new SimpleChannelInboundHandler<ByteBuf>() {
              @Override
              protected void channelRead0(ChannelHandlerContext ctx, ByteBuf frame) {
                messages.accept(ByteBufUtil.getBytes(frame));
              }

              @Override
              public void channelInactive(ChannelHandlerContext ctx) {
                closed.run();
              }

              @Override
              public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                var _ = ctx.close(); // broken off, or no DNS at all
              }
            });
    channel.config().setAutoRead(true);
  }

  static void write(Channel channel, byte[] message) {
    var frame = channel.alloc().buffer(LENGTH + message.length);
    frame.writeShort(message.length).writeBytes(message);
    var _ = channel.writeAndFlush(frame);
  }
}
