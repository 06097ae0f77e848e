package dev.ondine.it.system.overload;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Many clients of bad will on one thread, which never come back once they are closed. */
final class Crowd implements AutoCloseable {
  private static final int CONNECTING_AT_ONCE = 128;
  private static final long DRIP_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final int STEPS = 64;
  private static final int SMALL_WINDOW = 4_096;
  private static final int SELECT_MILLIS = 20;

  private final int port;
  private final Selector selector = Selector.open();
  private final List<Member> members = new ArrayList<>();
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(16 << 10);
  private final Thread thread;
  private volatile boolean stopped;
  private int connecting;
  private final AtomicInteger sent = new AtomicInteger();

  /** One client. */
  private static final class Member {
    final Behaviour behaviour;
    @Nullable SocketChannel channel;
    ByteBuffer rest;
    long sentNanos;
    volatile long closedNanos;
    long dripNanos;
    boolean over;
    boolean wasSent;

    Member(Behaviour behaviour) {
      this.behaviour = behaviour;
      this.rest = ByteBuffer.wrap(behaviour.first());
    }
  }

  /** How long clients of one behaviour lived, in seconds from the end of what they sent first. */
  record Lives(int clients, int closed, double shortest, double longest) {}

  private Crowd(int port, List<Behaviour> behaviours) throws IOException {
    this.port = port;
    behaviours.forEach(behaviour -> members.add(new Member(behaviour)));
    thread = Thread.ofPlatform().name("crowd").daemon().unstarted(this::run);
  }

  /** Begins to connect them to this port of the loopback address. */
  static Crowd start(int port, List<Behaviour> behaviours) throws IOException {
    var crowd = new Crowd(port, behaviours);
    crowd.thread.start();
    return crowd;
  }

  /** How many have sent what they send first. */
  int sent() {
    return sent.get();
  }

  /** How those of one behaviour fared so far. */
  Lives lives(String behaviour) {
    var all = members.stream().filter(one -> one.behaviour.name().equals(behaviour)).toList();
    var closed =
        all.stream()
            .filter(one -> one.closedNanos != 0 && one.wasSent)
            .mapToDouble(one -> (one.closedNanos - one.sentNanos) / 1e9)
            .summaryStatistics();
    return new Lives(all.size(), (int) closed.getCount(), closed.getMin(), closed.getMax());
  }

  private void run() {
    var next = 0;
    var looked = System.nanoTime();
    try {
      while (!stopped) {
        while (next < members.size() && connecting < CONNECTING_AT_ONCE) {
          connect(members.get(next++));
        }
        selector.select(key -> ready((Member) key.attachment(), key), SELECT_MILLIS);
        var now = System.nanoTime();
        if (now - looked > TimeUnit.MILLISECONDS.toNanos(SELECT_MILLIS)) {
          looked = now;
          drip(now);
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("the crowd cannot go on", e);
    }
  }

  private void connect(Member member) throws IOException {
    var channel = SocketChannel.open();
    channel.configureBlocking(false);
    if (!member.behaviour.reads()) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, SMALL_WINDOW);
    }
    member.channel = channel;
    connecting++;
    channel.register(selector, SelectionKey.OP_CONNECT, member);
    channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  private void ready(Member member, SelectionKey key) {
    var channel = (SocketChannel) key.channel();
    try {
      if (key.isConnectable()) {
        connecting--;
        channel.finishConnect();
        key.interestOps(SelectionKey.OP_WRITE);
      } else if (key.isWritable()) {
        channel.write(member.rest);
        if (!member.rest.hasRemaining()) {
          member.sentNanos = System.nanoTime();
          // All at once would be a load of its own.
          member.dripNanos =
              member.sentNanos + DRIP_NANOS / 2 + sent.get() % STEPS * DRIP_NANOS / STEPS;
          member.wasSent = true;
          sent.incrementAndGet();
          key.interestOps(member.behaviour.reads() ? SelectionKey.OP_READ : 0);
        }
      } else if (key.isReadable()) {
        scratch.clear();
        if (channel.read(scratch) < 0) {
          closed(member);
        }
      }
    } catch (IOException _) {
      closed(member);
    }
  }

  private void drip(long now) {
    for (var member : members) {
      var channel = member.channel;
      if (channel == null || member.over || !member.wasSent || now - member.dripNanos < 0) {
        continue;
      }
      member.dripNanos = now + DRIP_NANOS;
      if (member.behaviour.drip() == 0) {
        continue;
      }
      try {
        channel.write(ByteBuffer.wrap(new byte[] {member.behaviour.drip()}));
      } catch (IOException _) {
        closed(member);
      }
    }
  }

  private void closed(Member member) {
    if (!member.over) {
      member.over = true;
      member.closedNanos = System.nanoTime();
      close(member);
    }
  }

  private static void close(Member member) {
    try {
      if (member.channel != null) {
        member.channel.close();
      }
    } catch (IOException _) {
      // it is gone either way
    }
  }

  /** Closes all that are left. */
  @Override
  public void close() throws IOException {
    stopped = true;
    selector.wakeup();
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    members.forEach(Crowd::close);
    selector.close();
  }
}
