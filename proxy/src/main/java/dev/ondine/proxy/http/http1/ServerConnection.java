package dev.ondine.proxy.http.http1;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpVersion;
import dev.ondine.proxy.http.LocalReply;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.http1.MessageReader.Framing;
import dev.ondine.proxy.overload.Shedding;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.NettyBytes;
import dev.ondine.proxy.transport.Sweeper;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection: its requests, one after the other, and their answers in the same order.
 * Confined to its loop.
 */
final class ServerConnection extends ChannelInboundHandlerAdapter
    implements MessageReader.Target, InboundBody.Source, Sweeper.Sweepable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);
  private static final int MAX_DISCARDED = 64 << 10;

  private final Connection transport;
  private final ConnectionInfo info;
  private final Http1Acceptor owner;
  private final RequestParser parser = new RequestParser();
  private final MessageReader reader;
  private final ServerTimeouts timeouts;
  private @Nullable Outbound out;
  private @Nullable ServerExchange current;
  private boolean requestDone = true;
  private boolean keepsAlive = true;
  private boolean closing;
  private int discarded; // bytes of a body that nobody wanted
  private long untaken; // bytes of an answer that the kernel had no room for, at the last sweep
  private final long endOfLife;

  ServerConnection(Connection transport, ConnectionInfo info, Http1Acceptor owner) {
    this.transport = transport;
    this.info = info;
    this.owner = owner;
    this.timeouts = new ServerTimeouts(owner.settings().times(), nanos());
    this.endOfLife = owner.endOfLife(nanos());
    this.reader = new MessageReader(this, owner.settings().head(), transport.channel().alloc());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    out = new Outbound(ctx, transport.loop());
    transport.loop().sweeper().add(this);
    ctx.channel().config().setAutoRead(true);
  }

  // ---- what comes in

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    var bytes = (ByteBuf) message;
    timeouts.moved(bytes.readableBytes(), nanos());
    if (closing) {
      bytes.release();
    } else {
      reader.read(bytes);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    updateReading();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (current != null && ctx.channel().isWritable()) {
      current.answerWritable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    transport.loop().sweeper().remove(this);
    closing = true;
    reader.stop();
    out().release();
    if (current != null) {
      current.breakOff(
          Failure.perhapsSent(Reason.CLIENT_CLOSED, "the client closed its connection"));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.warn("closing the connection from {}", info.peer(), cause);
    }
    var _ = ctx.close();
  }

  @Override
  public boolean mayBegin() {
    return current == null && !closing;
  }

  @Override
  public Framing head(byte[] head, int length) throws MalformedException {
    var request = parser.parse(head, length);
    var fields = parser.fields();
    var framing =
        fields.chunked
            ? Framing.CHUNKED
            : fields.contentLength > 0 ? new Framing.Fixed(fields.contentLength) : Framing.NONE;
    keepsAlive = !fields.close && (request.version() != HttpVersion.HTTP_1_0 || fields.keepAlive);
    var body = body(framing);
    requestDone = false;
    discarded = 0;
    var exchange = new ServerExchange(this, info, request, body);
    current = exchange;
    timeouts.began(nanos());
    serve(exchange);
    return framing;
  }

  private @Nullable InboundBody body(Framing framing) {
    return switch (framing) {
      case Framing.Fixed(var bytes) -> bytes == 0 ? null : new InboundBody(this, bytes);
      case Framing.Chunked _, Framing.UntilClose _ -> new InboundBody(this, BodyStream.UNKNOWN);
    };
  }

  private void serve(ServerExchange exchange) {
    try {
      owner.service().serve(exchange);
    } catch (RuntimeException e) {
      LOG.error("a layer failed on {}", exchange.request().path(), e);
      exchange.reply(LocalReply.of(Reason.INTERNAL, "a fault of the proxy, see its log"));
    }
  }

  @Override
  public void data(ByteBuf bytes) {
    var exchange = current;
    if (exchange == null || closing) {
      bytes.release();
      return;
    }
    if (exchange.isOver()) {
      discarded += bytes.readableBytes();
    }
    exchange.received(new NettyBytes(bytes));
    if (!exchange.wantsBody()) {
      updateReading();
    }
    if (discarded > MAX_DISCARDED) {
      closeLingering(); // the answer is out, and more than we care to read is still to come
    }
  }

  @Override
  public void end(Headers trailers) {
    requestDone = true;
    if (current != null) {
      current.receivedAll(trailers);
      nextIfDone();
    }
  }

  @Override
  public void malformed(MalformedException why) {
    owner.refusals().refused(info, why.reason(), why.detail());
    var exchange = current;
    if (exchange == null) {
      refuse(why);
      return;
    }
    keepsAlive = false;
    var unanswered = exchange.isOpen();
    exchange.breakOff(Failure.perhapsSent(why.reason(), why.detail()));
    if (unanswered) {
      refuse(why);
    } else {
      closeLingering();
    }
  }

  /** Answers what never was a request. */
  private void refuse(MalformedException why) {
    out().head(Refusal.write(owner.writer(), why));
    closeLingering();
  }

  // ---- what goes out

  Connection transport() {
    return transport;
  }

  Outbound out() {
    if (out == null) {
      throw new IllegalStateException("not added to its pipeline yet");
    }
    return out;
  }

  HeadWriter writer() {
    return owner.writer();
  }

  /** Whether the connection goes on after the answer that is about to begin. */
  boolean keepsAlive() {
    // After an early answer nobody knows whether a client that waits for 100 sends its body or not.
    var unsure = !requestDone && parser.fields().expect >= 0;
    var wanted = !owner.isDraining() && nanos() - endOfLife < 0;
    keepsAlive = keepsAlive && !unsure && wanted;
    return keepsAlive;
  }

  /** The answer is complete. */
  void answered() {
    if (closing) {
      return;
    }
    if (requestDone) {
      nextIfDone();
    } else {
      updateReading(); // read the rest, to find the next request
    }
  }

  /** The answer ends with the connection, or cannot be completed. */
  void answerEndsConnection(boolean cleanly) {
    closing = true;
    reader.stop();
    if (cleanly) {
      closeLingering();
    } else {
      transport.reset();
    }
  }

  private void nextIfDone() {
    if (current == null || !current.isOver() || !requestDone || closing) {
      return;
    }
    current = null;
    if (keepsAlive) {
      reader.resume();
      updateReading();
    } else {
      closing = true;
      reader.stop();
      var _ = out().finish().addListener(_ -> transport.close());
    }
  }

  /** Closes so that the client can read the answer although we did not read all it sent. */
  private void closeLingering() {
    closing = true;
    reader.stop();
    Lingering.close(transport, out());
  }

  // ---- flow control and time

  @Override
  public void bodyWanted() {
    updateReading();
  }

  @Override
  public void bodyCancelled() {
    updateReading();
  }

  private void updateReading() {
    var exchange = current;
    var reads =
        closing
            || exchange == null
            || (requestDone ? !reader.hasPending() : exchange.isOver() || exchange.wantsBody());
    var config = transport.channel().config();
    if (config.isAutoRead() != reads) {
      config.setAutoRead(reads);
    }
  }

  @Override
  public void sweep() {
    if (closing) {
      return;
    }
    var exchange = current;
    if (exchange == null) {
      sweepWithoutRequest();
    } else if (exchange.waitsForClient()) {
      sweepWaiting(exchange);
    } else {
      timeouts.notWaiting(nanos());
      untaken = 0;
    }
  }

  private void sweepWithoutRequest() {
    var shedding = owner.shedding();
    if (reader.hasPending()) {
      if (timeouts.isHeadOverdue(shedding.drains())) {
        malformed(new MalformedException(Reason.REQUEST_TIMEOUT, "the request came too slowly"));
      }
    } else if (timeouts.isIdleTooLong() || shedding.drains()) {
      if (shedding.drains()) {
        shedding.shed(Shedding.Point.IDLE);
      }
      closing = true;
      transport.close();
    }
  }

  private void sweepWaiting(ServerExchange exchange) {
    var now = nanos();
    var hurry = owner.shedding().drains();
    if (exchange.isAnswering()) {
      var left = out().untaken();
      timeouts.moved(Math.max(0, untaken - left), now);
      untaken = left;
      if (timeouts.takesTooSlowly(hurry, now)) {
        exchange.breakOff(
            Failure.perhapsSent(Reason.REQUEST_TIMEOUT, "the client takes the answer too slowly"));
        answerEndsConnection(false);
      }
    } else if (exchange.request().isGrpc()) {
      timeouts.notWaiting(now); // a stream of messages may pause for as long as it likes
    } else if (timeouts.sendsTooSlowly(hurry, now)) {
      malformed(new MalformedException(Reason.REQUEST_TIMEOUT, "the body comes too slowly"));
    }
  }

  private long nanos() {
    return transport.loop().ticker().nanos();
  }
}
