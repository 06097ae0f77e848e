package dev.ondine.proxy.discovery.dns;

import dev.ondine.proxy.transport.EventLoops;
import dev.ondine.proxy.transport.Loop;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.util.Map;

/** UDP sockets on the sidecar's event loops. */
final class Datagrams {
  /** The largest EDNS payload that is in use (RFC 9715 recommends 1,400 at most). */
  private static final int LARGEST = 4_096;

  private Datagrams() {}

  static Bootstrap bootstrap(EventLoops loops, Loop loop, Map<ChannelOption<?>, Object> options) {
    var epoll = loops.transport().equals("epoll");
    var bootstrap =
        new Bootstrap()
            .group(loop.eventLoop())
            .channel(epoll ? EpollDatagramChannel.class : NioDatagramChannel.class)
            .option(ChannelOption.ALLOCATOR, loops.allocator())
            .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(LARGEST));
    for (var option : options.entrySet()) {
      set(bootstrap, option.getKey(), option.getValue());
    }
    return bootstrap;
  }

  static byte[] bytes(DatagramPacket packet) {
    return ByteBufUtil.getBytes(packet.content());
  }

  @SuppressWarnings("unchecked") // the map pairs options with values of their type
  private static void set(Bootstrap bootstrap, ChannelOption<?> option, Object value) {
    bootstrap.option((ChannelOption<Object>) option, value);
  }
}
