package dev.ondine.proxy.transport;

import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Reason;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.Predicate;

/** Makes connections to endpoints, each on the loop that needs it. */
public final class TcpConnector {
  private static final int LOOKUPS_AT_ONCE = 64;

  private final EventLoops loops;
  private final Map<ChannelOption<?>, Object> options;
  private final boolean fromLoopback;
  private final Predicate<InetSocketAddress> forbidden;
  private final Semaphore lookups = new Semaphore(LOOKUPS_AT_ONCE);

  /**
   * A connector.
   *
   * @param options more socket options, such as the mark that exempts our sockets from interception
   * @param forbidden where no name may lead, whoever answers for it: to the sidecar itself, which
   *     would send itself what it was sent
   */
  public TcpConnector(
      EventLoops loops,
      Map<ChannelOption<?>, Object> options,
      Predicate<InetSocketAddress> forbidden) {
    this(loops, options, forbidden, false);
  }

  private TcpConnector(
      EventLoops loops,
      Map<ChannelOption<?>, Object> options,
      Predicate<InetSocketAddress> forbidden,
      boolean fromLoopback) {
    this.forbidden = forbidden;
    this.loops = loops;
    this.options = Map.copyOf(options);
    this.fromLoopback = fromLoopback;
  }

  /**
   * A connector for addresses of this host that says so by its own address: the rules of
   * interception let such connections pass to the workload.
   */
  public TcpConnector fromLoopback() {
    return new TcpConnector(loops, options, forbidden, true);
  }

  /**
   * The same, for connections that a {@link Relay} takes over: a peer may end its side from the
   * very first moment, and its bytes and its end wait until they are asked for.
   */
  public TcpConnector forRelay() {
    var more = new HashMap<ChannelOption<?>, Object>(options);
    more.put(ChannelOption.ALLOW_HALF_CLOSURE, true);
    return new TcpConnector(loops, more, forbidden, fromLoopback);
  }

  /** Told how connecting went, on the loop, once. */
  public interface Attempt {
    /** There it is; it reads nothing until told to. */
    void connected(Connection connection);

    /** It cannot be had. */
    void failed(Failure failure);
  }

  /**
   * Connects.
   *
   * @param host an IP address, or a name to look up (elsewhere: the loop is not blocked)
   * @param timeout for connecting, after the look-up
   */
  public void connect(Loop loop, String host, int port, Duration timeout, Attempt attempt) {
    var literal = NetUtil.createInetAddressFromIpAddressString(host);
    if (literal != null) {
      connect(loop, new InetSocketAddress(literal, port), timeout, attempt);
    } else if (lookups.tryAcquire()) {
      Thread.ofVirtual()
          .name("ondine-lookup")
          .start(() -> lookUp(loop, host, port, timeout, attempt));
    } else {
      loop.execute(() -> attempt.failed(failed("too many look-ups at once, for " + host)));
    }
  }

  private void lookUp(Loop loop, String host, int port, Duration timeout, Attempt attempt) {
    try {
      var address = new InetSocketAddress(InetAddress.getByName(host), port);
      if (forbidden.test(address)) {
        loop.execute(() -> attempt.failed(failed(host + " leads to this sidecar's own listener")));
      } else {
        loop.execute(() -> connect(loop, address, timeout, attempt));
      }
    } catch (UnknownHostException e) {
      loop.execute(() -> attempt.failed(failed("unknown host " + host)));
    } finally {
      lookups.release();
    }
  }

  private void connect(Loop loop, InetSocketAddress to, Duration timeout, Attempt attempt) {
    var bootstrap =
        new Bootstrap()
            .group(loop.eventLoop())
            .channel(loops.channel())
            .option(ChannelOption.ALLOCATOR, loops.allocator())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.max(1, timeout.toMillis()))
            .handler(new ChannelInboundHandlerAdapter()); // handlers come with the one who asked
    for (var option : options.entrySet()) {
      set(bootstrap, option.getKey(), option.getValue());
    }
    if (fromLoopback && !to.getAddress().isLoopbackAddress()) {
      bootstrap.localAddress(new InetSocketAddress(loopback(to.getAddress()), 0));
    }
    bootstrap
        .connect(to)
        .addListener(
            (ChannelFuture done) -> {
              if (done.isSuccess()) {
                connected(new Connection(done.channel(), loop), attempt);
              } else {
                attempt.failed(
                    failed("cannot connect to " + to + ": " + done.cause().getMessage()));
              }
            });
  }

  private static Failure failed(String detail) {
    return Failure.notSent(Reason.UPSTREAM_CONNECT_FAILURE, detail);
  }

  /** Whoever asked may have handlers in the pipeline by now, which see that it is closed. */
  private static void connected(Connection connection, Attempt attempt) {
    try {
      attempt.connected(connection);
    } catch (OutOfMemoryError e) {
      connection.broke(e);
    }
  }

  private static InetAddress loopback(InetAddress family) {
    return InetAddress.ofLiteral(family instanceof Inet6Address ? "::1" : "127.0.0.1");
  }

  @SuppressWarnings("unchecked") // the map pairs options with values of their type
  private static void set(Bootstrap bootstrap, ChannelOption<?> option, Object value) {
    bootstrap.option((ChannelOption<Object>) option, value);
  }
}
