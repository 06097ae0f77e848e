package dev.ondine.proxy.discovery.dns;

import dev.ondine.base.time.Scheduler;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.EventLoops;
import dev.ondine.proxy.transport.Loop;
import dev.ondine.proxy.transport.TcpConnector;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Queries on sockets of the machine: connected UDP sockets, or TCP. Confined to its loop. */
final class NettyUpstream implements Upstream {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  private final EventLoops loops;
  private final Loop loop;
  private final TcpConnector connector;
  private final Map<ChannelOption<?>, Object> options;

  /**
   * @param options of UDP sockets, such as the mark that exempts them from interception; the
   *     connector has its own
   */
  NettyUpstream(
      EventLoops loops, Loop loop, TcpConnector connector, Map<ChannelOption<?>, Object> options) {
    this.loops = loops;
    this.loop = loop;
    this.connector = connector;
    this.options = options;
  }

  @Override
  public Scheduler loop() {
    return loop;
  }

  @Override
  public Runnable send(
      InetSocketAddress server,
      boolean overTcp,
      byte[] message,
      Consumer<byte[]> answers,
      Runnable failed) {
    var exchange = new Exchange(answers, failed);
    // Later, since the caller must have returned before it is told anything.
    loop.execute(
        () -> {
          if (overTcp) {
            tcp(server, message, exchange);
          } else {
            udp(server, message, exchange);
          }
        });
    return exchange::end;
  }

  private void udp(InetSocketAddress server, byte[] message, Exchange exchange) {
    if (exchange.ended) {
      return;
    }
    Datagrams.bootstrap(loops, loop, options)
        .handler(
            new SimpleChannelInboundHandler<DatagramPacket>() {
              @Override
              protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
                exchange.answered(Datagrams.bytes(packet));
              }

              @Override
              public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                exchange.failed(); // nobody listens there (ICMP)
              }
            })
        .connect(server) // the kernel drops what comes from anyone else
        .addListener(
            (ChannelFuture done) -> {
              if (done.isSuccess() && exchange.began(done.channel())) {
                done.channel()
                    .writeAndFlush(new DatagramPacket(Unpooled.wrappedBuffer(message), server))
                    .addListener(
                        sent -> {
                          if (!sent.isSuccess()) {
                            exchange.failed();
                          }
                        });
              } else {
                exchange.failed();
              }
            });
  }

  private void tcp(InetSocketAddress server, byte[] message, Exchange exchange) {
    connector.connect(
        loop,
        server.getAddress().getHostAddress(),
        server.getPort(),
        CONNECT_TIMEOUT,
        new TcpConnector.Attempt() {
          @Override
          public void connected(Connection connection) {
            if (exchange.began(connection.channel())) {
              StreamFrames.add(connection.channel(), exchange::answered, exchange::failed);
              StreamFrames.write(connection.channel(), message);
            }
          }

          @Override
          public void failed(Failure why) {
            exchange.failed();
          }
        });
  }

  /** One socket's life. */
  private static final class Exchange {
    private final Consumer<byte[]> answers;
    private final Runnable failed;
    private @Nullable Channel channel;
    private boolean ended;

    Exchange(Consumer<byte[]> answers, Runnable failed) {
      this.answers = answers;
      this.failed = failed;
    }

    /** False where it is over already. */
    boolean began(Channel channel) {
      this.channel = channel;
      if (ended) {
        var _ = channel.close();
      }
      return !ended;
    }

    void answered(byte[] message) {
      if (!ended) {
        answers.accept(message);
      }
    }

    void failed() {
      if (!ended) {
        end();
        failed.run();
      }
    }

    void end() {
      ended = true;
      if (channel != null) {
        var _ = channel.close();
      }
    }
  }
}
