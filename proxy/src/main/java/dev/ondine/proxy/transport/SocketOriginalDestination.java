package dev.ondine.proxy.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Asks the kernel by the socket option SO_ORIGINAL_DST, which knows where netfilter's NAT found a
 * connection going.
 *
 * <p>A connection that was not redirected has no such entry, or one that names the very address
 * where it was accepted; both count as none. Needs epoll: on NIO nothing is ever found.
 */
final class SocketOriginalDestination implements OriginalDestination {
  // <linux/netfilter_ipv4.h>, <linux/netfilter_ipv6/ip6_tables.h>, <linux/in.h>
  private static final int SO_ORIGINAL_DST = 80;
  private static final int SOL_IP = 0;
  private static final int SOL_IPV6 = 41;
  private static final RawUnixChannelOption IPV4 =
      new RawUnixChannelOption("ONDINE_ORIGINAL_DST", SOL_IP, SO_ORIGINAL_DST, 16);
  private static final RawUnixChannelOption IPV6 =
      new RawUnixChannelOption("ONDINE_ORIGINAL_DST_6", SOL_IPV6, SO_ORIGINAL_DST, 28);

  // struct sockaddr_in: family, port, address; sockaddr_in6: family, port, flow, address, scope.
  private static final int PORT = 2;
  private static final int ADDRESS_4 = 4;
  private static final int ADDRESS_6 = 8;

  @Override
  public Optional<InetSocketAddress> of(Channel accepted) {
    if (!(accepted instanceof EpollSocketChannel channel)) {
      return Optional.empty();
    }
    var local = channel.localAddress();
    if (local == null) {
      return Optional.empty(); // gone already
    }
    // A socket for both families shows an IPv4 peer's address as IPv4, mapped or not.
    var isIpv4 = local.getAddress() instanceof Inet4Address;
    try {
      var found = channel.config().getOption(isIpv4 ? IPV4 : IPV6);
      return Optional.of(isIpv4 ? address(found, ADDRESS_4, 4) : address(found, ADDRESS_6, 16))
          .filter(original -> !original.equals(local));
    } catch (ChannelException _) {
      return Optional.empty(); // ENOENT, or ENOPROTOOPT where nobody ever loaded NAT
    }
  }

  private static InetSocketAddress address(ByteBuffer sockaddr, int at, int length) {
    var bytes = new byte[length];
    sockaddr.get(at, bytes);
    var port = (sockaddr.get(PORT) & 0xff) << 8 | (sockaddr.get(PORT + 1) & 0xff);
    try {
      return new InetSocketAddress(InetAddress.getByAddress(bytes), port); // unmaps ::ffff:a.b.c.d
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + length + " bytes", e);
    }
  }
}
