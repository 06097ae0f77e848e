package dev.ondine.proxy.transport;

import dev.ondine.base.time.Scheduler;
import dev.ondine.proxy.http.ConnectionInfo;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Keeps a connection's first bytes until it is decided who serves it. Confined to its loop. */
final class DetectHandler extends ChannelInboundHandlerAdapter implements Silence.Answer {
  private final Connection connection;
  private final ConnectionInfo info;
  private final FirstBytes choice;
  private final int maxBytes;
  private @Nullable ByteBuf start;
  private Scheduler.@Nullable Timer timer;
  private Scheduler.@Nullable Timer silenceTimer;
  private @Nullable Runnable cancelQuestion;
  private boolean decided;

  DetectHandler(Connection connection, ConnectionInfo info, FirstBytes choice, int maxBytes) {
    this.connection = connection;
    this.info = info;
    this.choice = choice;
    this.maxBytes = maxBytes;
  }

  void start(Duration timeout, @Nullable Silence silence) {
    timer = connection.loop().schedule(timeout, () -> decide(true));
    if (silence != null) {
      silenceTimer = connection.loop().schedule(silence.after(), () -> ask(silence));
    }
    // Who speaks TCP may end its side at once and wait for an answer; with HTTP the end is a
    // cancel.
    connection.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    connection.channel().config().setAutoRead(true);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    var bytes = (ByteBuf) message;
    if (decided) {
      ctx.fireChannelRead(bytes); // a read that was under way when the decision fell
      return;
    }
    var before = start;
    start = null; // if there is no memory to join them, both are gone
    start = before == null ? bytes : Cumulation.join(ctx.alloc(), before, bytes);
    decide(start.readableBytes() >= maxBytes);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent && !decided) {
      decide(true);
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    release();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    release();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    connection.broke(cause); // mostly, the peer broke off before it said anything
  }

  private void ask(Silence silence) {
    if (!decided && start == null && connection.isOpen()) {
      cancelQuestion = silence.ask(connection, info, this);
    }
  }

  @Override
  public void servedBy(Acceptor acceptor) {
    if (!decided && connection.isOpen()) {
      handOver(acceptor);
    }
  }

  @Override
  public void isWorthWaitingFor(Duration timeout) {
    if (!decided && timer != null) {
      timer.cancel();
      timer = connection.loop().schedule(timeout, () -> decide(true));
    }
  }

  private void decide(boolean last) {
    if (decided || !connection.isOpen()) {
      return;
    }
    var bytes = start;
    var view = bytes == null ? ByteBuffer.allocate(0) : bytes.nioBuffer().slice();
    var acceptor = choice.choose(info, view, last);
    if (acceptor == null) {
      if (last) {
        throw new IllegalStateException(choice + " did not choose");
      }
      return;
    }
    if (bytes != null) {
      bytes.skipBytes(view.position());
    }
    handOver(acceptor);
  }

  private void handOver(Acceptor acceptor) {
    var bytes = start;
    decided = true;
    start = null;
    cancelTimers();
    connection.channel().config().setAutoRead(false); // the next owner starts to read
    connection.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, false);
    var pipeline = connection.channel().pipeline();
    acceptor.accept(connection, info);
    var here = pipeline.context(this); // handlers before it have seen the bytes
    if (bytes != null && bytes.isReadable() && here != null) {
      here.fireChannelRead(bytes);
      here.fireChannelReadComplete();
    } else if (bytes != null) {
      bytes.release(); // all of it was for the choice, or the acceptor has closed the connection
    }
    if (pipeline.context(this) != null) {
      pipeline.remove(this);
    }
  }

  private void cancelTimers() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
    if (silenceTimer != null) {
      silenceTimer.cancel();
      silenceTimer = null;
    }
    if (cancelQuestion != null) {
      cancelQuestion.run();
      cancelQuestion = null;
    }
  }

  private void release() {
    decided = true;
    cancelTimers();
    if (start != null) {
      start.release();
      start = null;
    }
  }
}
