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
import java.util.Optional;
import java.util.concurrent.Semaphore;

/** Makes connections to endpoints, each on the loop that needs it. */
public final class TcpConnector {
  private static final int LOOKUPS_AT_ONCE = 64;

  private final EventLoops loops;
  private final Map<ChannelOption<?>, Object> options;
  private final boolean fromLoopback;
  private final Guard guard;
  private final Lookup lookup;
  private final Semaphore lookups = new Semaphore(LOOKUPS_AT_ONCE);

  /**
   * A connector.
   *
   * @param options more socket options, such as the mark that exempts our sockets from interception
   * @param guard of names: whoever answers for one may answer anything
   */
  public TcpConnector(EventLoops loops, Map<ChannelOption<?>, Object> options, Guard guard) {
    this(loops, options, guard, InetAddress::getByName);
  }

  /** The same, which looks names up elsewhere. */
  public TcpConnector(
      EventLoops loops, Map<ChannelOption<?>, Object> options, Guard guard, Lookup lookup) {
    this(loops, options, guard, lookup, false);
  }

  private TcpConnector(
      EventLoops loops,
      Map<ChannelOption<?>, Object> options,
      Guard guard,
      Lookup lookup,
      boolean fromLoopback) {
    this.guard = guard;
    this.lookup = lookup;
    this.loops = loops;
    this.options = Map.copyOf(options);
    this.fromLoopback = fromLoopback;
  }

  /**
   * A connector for addresses of this host that says so by its own address: the rules of
   * interception let such connections pass to the workload.
   */
  public TcpConnector fromLoopback() {
    return new TcpConnector(loops, options, guard, lookup, true);
  }

  /**
   * The same, for connections that a {@link Relay} takes over: a peer may end its side from the
   * very first moment, and its bytes and its end wait until they are asked for.
   */
  public TcpConnector forRelay() {
    var more = new HashMap<ChannelOption<?>, Object>(options);
    more.put(ChannelOption.ALLOW_HALF_CLOSURE, true);
    return new TcpConnector(loops, more, guard, lookup, fromLoopback);
  }

  /** The same with another guard. */
  public TcpConnector guarded(Guard other) {
    return new TcpConnector(loops, options, other, lookup, fromLoopback);
  }

  /** Says where a name may not lead, when it has been looked up and before it is connected to. */
  @FunctionalInterface
  public interface Guard {
    /** Lets every name lead anywhere. */
    Guard OFF = (_, _) -> Optional.empty();

    /** Why not there; empty: it may. Asked on any thread. */
    Optional<Failure> refuse(String host, InetSocketAddress to);
  }

  /** Finds the address of a name; may block. */
  @FunctionalInterface
  public interface Lookup {
    /** The first one. */
    InetAddress address(String name) throws UnknownHostException;
  }

  /** Told how connecting went, on the loop, once. */
  public interface Attempt {
    /** There it is; it reads nothing until told to. */
    void connected(Connection connection);

    /** It cannot be had. */
    void failed(Failure why);
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
      loop.execute(() -> attempt.failed(unreachable("too many look-ups at once, for " + host)));
    }
  }

  private void lookUp(Loop loop, String host, int port, Duration timeout, Attempt attempt) {
    try {
      var address = new InetSocketAddress(lookup.address(host), port);
      var refused = guard.refuse(host, address);
      if (refused.isPresent()) {
        loop.execute(() -> attempt.failed(refused.get()));
      } else {
        loop.execute(() -> connect(loop, address, timeout, attempt));
      }
    } catch (UnknownHostException e) {
      loop.execute(() -> attempt.failed(unreachable("unknown host " + host)));
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
                loop.made(done.channel());
                connected(new Connection(done.channel(), loop), attempt);
              } else {
                attempt.failed(
                    unreachable("cannot connect to " + to + ": " + done.cause().getMessage()));
              }
            });
  }

  /** Whoever asked may have handlers in the pipeline by now, which see that it is closed. */
  private static void connected(Connection connection, Attempt attempt) {
    try {
      attempt.connected(connection);
    } catch (OutOfMemoryError e) {
      connection.broke(e);
    }
  }

  private static Failure unreachable(String detail) {
    return Failure.notSent(Reason.UPSTREAM_CONNECT_FAILURE, detail);
  }

  private static InetAddress loopback(InetAddress family) {
    return InetAddress.ofLiteral(family instanceof Inet6Address ? "::1" : "127.0.0.1");
  }

  @SuppressWarnings("unchecked") // the map pairs options with values of their type
  private static void set(Bootstrap bootstrap, ChannelOption<?> option, Object value) {
    bootstrap.option((ChannelOption<Object>) option, value);
  }
}
