package dev.ondine.proxy.discovery.dns;

import dev.ondine.base.lifecycle.Component;
import dev.ondine.base.metrics.Metrics;
import dev.ondine.proxy.discovery.Services;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.EventLoops;
import dev.ondine.proxy.transport.ListenerSettings;
import dev.ondine.proxy.transport.OriginalDestination;
import dev.ondine.proxy.transport.TcpConnector;
import dev.ondine.proxy.transport.TcpListener;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.timeout.ReadTimeoutHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** The resolver that the workload's queries come to, by UDP and TCP. */
public final class DnsServer implements Component {
  private static final int MAX_IN_FLIGHT = 1_024;
  private static final int PORTS_TO_TRY = 20;
  private static final int MAX_CONNECTIONS = 128;
  private static final int IDLE_SECONDS = 10;

  private final List<InetSocketAddress> addresses;
  private final EventLoops loops;
  private final Resolver resolver;
  private final List<Upstream> upstreams;
  private final List<Channel> datagrams = new ArrayList<>();
  private final List<TcpListener> listeners = new ArrayList<>();

  /**
   * @param addresses where to listen, by UDP and by TCP; with port 0 TCP takes the port that the
   *     kernel gave UDP
   * @param namespace the sidecar's own
   * @param outside the resolvers and suffixes of the workload
   * @param random for the ids of forwarded queries; unpredictable
   * @param options of forwarding UDP sockets; the connector has its own
   */
  public DnsServer(
      List<InetSocketAddress> addresses,
      String namespace,
      ResolvConf outside,
      Services services,
      EventLoops loops,
      TcpConnector connector,
      Map<ChannelOption<?>, Object> options,
      RandomGenerator random,
      Metrics metrics) {
    this.addresses = List.copyOf(addresses);
    this.loops = loops;
    var others = outside.servers().stream().filter(server -> !addresses.contains(server)).toList();
    this.resolver =
        new Resolver(
            services,
            new MeshNames(namespace, outside.search()),
            new Forwarder(others, random),
            new DnsMetrics(metrics),
            MAX_IN_FLIGHT);
    this.upstreams =
        loops.all().stream()
            .<Upstream>map(loop -> new NettyUpstream(loops, loop, connector, options))
            .toList();
  }

  @Override
  public String name() {
    return "dns";
  }

  @Override
  public void start() throws IOException {
    for (var address : addresses) {
      open(address);
    }
  }

  /** The same port by UDP and by TCP: where the kernel chose one that TCP lacks, another one. */
  private void open(InetSocketAddress address) throws IOException {
    for (var others = PORTS_TO_TRY; ; others--) {
      var bound = udp(address);
      try {
        tcp(new InetSocketAddress(address.getAddress(), bound.getPort()));
        return;
      } catch (IOException e) {
        if (address.getPort() != 0 || others == 0) {
          throw e;
        }
        datagrams.removeLast().close().awaitUninterruptibly();
      }
    }
  }

  /** Where it listens, with the ports that the kernel chose. */
  public List<InetSocketAddress> bound() {
    return datagrams.stream().map(channel -> (InetSocketAddress) channel.localAddress()).toList();
  }

  private InetSocketAddress udp(InetSocketAddress address) throws IOException {
    var upstream = upstreams.getFirst(); // one socket has one loop
    var bound =
        Datagrams.bootstrap(loops, loops.all().getFirst(), Map.of())
            .handler(
                new SimpleChannelInboundHandler<DatagramPacket>() {
                  @Override
                  protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
                    var client = packet.sender();
                    resolver.query(
                        Datagrams.bytes(packet),
                        upstream,
                        false,
                        reply -> reply(ctx.channel(), client, reply));
                  }

                  @Override
                  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                    // A client that is gone (ICMP) does not concern the others.
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException("cannot listen on " + address + " (UDP)", bound.cause());
    }
    datagrams.add(bound.channel());
    return (InetSocketAddress) bound.channel().localAddress();
  }

  private static void reply(Channel channel, InetSocketAddress client, byte[] message) {
    var packet = new DatagramPacket(Unpooled.wrappedBuffer(message), client);
    var _ = channel.writeAndFlush(packet); // a reply that is lost is asked for again
  }

  private void tcp(InetSocketAddress address) throws IOException {
    Acceptor acceptor =
        (connection, info) -> {
          var channel = connection.channel();
          var upstream = upstreams.get(connection.loop().index());
          channel.pipeline().addLast(new ReadTimeoutHandler(IDLE_SECONDS));
          StreamFrames.add(
              channel,
              query ->
                  resolver.query(
                      query, upstream, true, reply -> StreamFrames.write(channel, reply)),
              () -> {});
        };
    var settings =
        new ListenerSettings(
            address,
            Direction.OUTBOUND,
            OriginalDestination.NONE,
            MAX_CONNECTIONS,
            MAX_CONNECTIONS,
            false);
    listeners.add(TcpListener.bind(loops, settings, acceptor));
  }

  @Override
  public void stop() {
    datagrams.forEach(channel -> channel.close().awaitUninterruptibly());
    listeners.forEach(TcpListener::close);
  }
}
