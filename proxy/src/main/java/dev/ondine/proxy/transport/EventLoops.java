package dev.ondine.proxy.transport;

import dev.ondine.base.time.Ticker;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.internal.PlatformDependent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * All event loops of a sidecar: epoll where the kernel has it, NIO elsewhere.
 *
 * <p>One for each core that the process may use is right; connections are dealt out in turn.
 */
public final class EventLoops implements AutoCloseable {
  // 1 MiB chunks: Netty's 4 MiB would weigh on a small sidecar, and bodies are read in 64 KiB.
  private static final int PAGE_SIZE = 8192;
  private static final int CHUNK_ORDER = 7;
  private static final int CACHED_BUFFERS = 64;
  private static final long QUIET_MILLIS = 0;
  private static final long CLOSE_MILLIS = 2_000;

  private final MultiThreadIoEventLoopGroup group;
  private final List<Loop> loops;
  private final PooledByteBufAllocator allocator;
  private final PooledByteBufAllocator reserve;
  private final boolean epoll;

  private EventLoops(MultiThreadIoEventLoopGroup group, Ticker ticker, boolean epoll) {
    this.group = group;
    this.epoll = epoll;
    var all = new ArrayList<Loop>();
    for (var executor : group) {
      all.add(new Loop(all.size(), (EventLoop) executor, ticker));
    }
    this.loops = List.copyOf(all);
    this.allocator =
        new PooledByteBufAllocator(
            true, 0, loops.size(), PAGE_SIZE, CHUNK_ORDER, CACHED_BUFFERS, CACHED_BUFFERS, true);
    this.reserve = new PooledByteBufAllocator(true, 0, 1, PAGE_SIZE, CHUNK_ORDER, 0, 0, false);
    reserve.directBuffer(PAGE_SIZE).release(); // its chunk is there from now on
  }

  /** Starts this many loops, with epoll if the machine has it. */
  public static EventLoops start(int count) {
    return Epoll.isAvailable()
        ? start(count, HalfCloseEpoll.newFactory(), true)
        : start(count, NioIoHandler.newFactory(), false);
  }

  /** Starts this many loops on NIO: what {@link #start} falls back to. */
  public static EventLoops startNio(int count) {
    return start(count, NioIoHandler.newFactory(), false);
  }

  /** Starts this many loops on handlers of the test's, which are epoll or NIO. */
  static EventLoops start(int count, IoHandlerFactory handlers, boolean epoll) {
    var threads = new DefaultThreadFactory("ondine-loop", true);
    return new EventLoops(
        new MultiThreadIoEventLoopGroup(count, threads, handlers), Ticker.system(), epoll);
  }

  /** The loops; a loop's place in the list is its {@link Loop#index}. */
  public List<Loop> all() {
    return loops;
  }

  /** {@code epoll} or {@code nio}. */
  public String transport() {
    return epoll ? "epoll" : "nio";
  }

  /** Where the sidecar's connections take their buffers from: one direct arena for each loop. */
  public ByteBufAllocator allocator() {
    return allocator;
  }

  /** Where the admin port's connections take theirs from: a chunk that traffic cannot use up. */
  ByteBufAllocator reserve() {
    return reserve;
  }

  /** Bytes of direct memory that buffers in use take; may block for a moment. */
  public long usedDirectMemory() {
    return allocator.pinnedDirectMemory();
  }

  /** Bytes of direct memory that are held for buffers, in use or not. */
  public long heldDirectMemory() {
    return allocator.metric().usedDirectMemory();
  }

  /** The bound of {@link #heldDirectMemory}; beyond it there are no buffers. */
  public static long maxDirectMemory() {
    return PlatformDependent.maxDirectMemory();
  }

  MultiThreadIoEventLoopGroup group() {
    return group;
  }

  Class<? extends ServerChannel> serverChannel(boolean unix) {
    if (unix) {
      return epoll ? EpollServerDomainSocketChannel.class : NioServerDomainSocketChannel.class;
    }
    return epoll ? EpollServerSocketChannel.class : NioServerSocketChannel.class;
  }

  Class<? extends SocketChannel> channel() {
    return epoll ? EpollSocketChannel.class : NioSocketChannel.class;
  }

  /** The loop of a channel; null for one that is not ours. */
  @Nullable Loop of(EventLoop eventLoop) {
    for (var loop : loops) {
      if (loop.eventLoop().equals(eventLoop)) {
        return loop;
      }
    }
    return null;
  }

  /** Closes what is open and ends the threads; waits a moment for them. */
  @Override
  public void close() {
    // A loop that ends closes what is registered with it, but no longer tells all its handlers,
    // which
    // then keep what they hold.
    for (var loop : loops) {
      loop.eventLoop().submit(loop::closeMade).awaitUninterruptibly(CLOSE_MILLIS);
    }
    group
        .shutdownGracefully(QUIET_MILLIS, CLOSE_MILLIS, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(CLOSE_MILLIS + 1_000);
  }
}
