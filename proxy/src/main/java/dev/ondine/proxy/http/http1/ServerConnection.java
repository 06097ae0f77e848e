package dev.ondine.proxy.http.http1;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpVersion;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.RequestHead;
import dev.ondine.proxy.http.Slowness;
import dev.ondine.proxy.http.http1.MessageReader.Framing;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.NettyBytes;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection: its requests, one after the other, and their answers in the same order.
 * Confined to its loop.
 */
final class ServerConnection extends ChannelInboundHandlerAdapter
    implements MessageReader.Target, InboundBody.Source {
  private static final int MAX_DISCARDED = 64 << 10;

  private final Connection transport;
  private final ConnectionInfo info;
  private final Http1Acceptor owner;
  private final RequestParser parser;
  private final MessageReader reader;
  private final ServerTimeouts timeouts;
  private @Nullable Outbound out;
  private @Nullable ServerExchange current;
  private boolean requestDone = true;
  private boolean keepsAlive = true;
  private boolean closing;
  private boolean inputEnded; // by a client that still wants its answer
  private int discarded; // bytes of a body that nobody wanted
  private final long endOfLife;

  ServerConnection(Connection transport, ConnectionInfo info, Http1Acceptor owner) {
    this.transport = transport;
    this.info = info;
    this.owner = owner;
    this.parser = new RequestParser(info.scheme());
    this.timeouts = new ServerTimeouts(this, owner.settings().times(), owner.shedding());
    this.endOfLife = owner.endOfLife(nanos());
    this.reader = new MessageReader(this, owner.settings().head(), transport.channel().alloc());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    out = new Outbound(ctx, transport);
    transport.loop().sweeper().add(timeouts);
    ctx.channel().config().setAutoRead(true);
  }

  // ---- what comes in

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    var bytes = (ByteBuf) message;
    timeouts.received(bytes.readableBytes());
    if (closing) {
      bytes.release();
    } else {
      reader.read(bytes);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (reader.endsWithConnection() && ((DuplexChannel) ctx.channel()).isInputShutdown()) {
      inputEnded(); // before we were here
    }
    updateReading();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent && reader.endsWithConnection()) {
      inputEnded();
    }
    ctx.fireUserEventTriggered(event);
  }

  /** The client's side of a tunnel ends; the other one may go on. */
  private void inputEnded() {
    if (!inputEnded) {
      inputEnded = true;
      end(Headers.none());
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (!ctx.channel().isWritable()) {
      return;
    }
    if (current != null) {
      current.answerWritable();
    } else if (!closing) {
      reader.resume();
      updateReading();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    transport.loop().sweeper().remove(timeouts);
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
    transport.broke(cause);
  }

  @Override
  public boolean mayBegin() {
    // Who pipelines and takes no answers would have us keep them all.
    return current == null && !closing && out().isWritable();
  }

  @Override
  public Framing head(byte[] head, int length) throws MalformedException {
    var request = parser.parse(head, length);
    var fields = parser.fields();
    var framing = framing(request);
    // What comes behind a request for a tunnel is no request, whether the tunnel opens or not.
    keepsAlive =
        !request.isTunnel()
            && !fields.close
            && (request.version() != HttpVersion.HTTP_1_0 || fields.keepAlive);
    if (request.isConnect()) {
      allowHalfClosure(); // TCP's client may say all it has at once
    }
    var body = body(framing);
    requestDone = false;
    discarded = 0;
    // By HTTP/1.0 nobody can be told to go on (RFC 9110, section 10.1.1).
    var expects = fields.expect >= 0 && request.version() != HttpVersion.HTTP_1_0;
    var exchange = new ServerExchange(this, info, request, body, expects);
    current = exchange;
    timeouts.began();
    owner.serve(exchange);
    return framing;
  }

  private Framing framing(RequestHead request) {
    var fields = parser.fields();
    if (request.isTunnel()) {
      return Framing.UNTIL_CLOSE;
    }
    if (fields.chunked) {
      return Framing.CHUNKED;
    }
    return fields.contentLength > 0 ? new Framing.Fixed(fields.contentLength) : Framing.NONE;
  }

  private @Nullable InboundBody body(Framing framing) {
    return switch (framing) {
      case Framing.Fixed(var bytes) -> bytes == 0 ? null : new InboundBody(this, bytes);
      case Framing.Chunked _, Framing.UntilClose _ -> new InboundBody(this, BodyStream.UNKNOWN);
    };
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
    breakOff(why);
  }

  /** The client takes too long to send something. */
  void tooSlow(Slowness at) {
    owner.refusals().tooSlow(info, at);
    breakOff(new MalformedException(at.failure().reason(), at.failure().detail()));
  }

  /** The client takes nothing, not even an answer that says so, or too little. */
  void takesTooSlowly() {
    owner.refusals().tooSlow(info, Slowness.ANSWER);
    if (current != null) {
      current.breakOff(Slowness.ANSWER.failure());
    }
    reset();
  }

  private void breakOff(MalformedException why) {
    var exchange = current;
    if (exchange == null) {
      refuse(why);
      return;
    }
    keepsAlive = false;
    var unanswered = exchange.isOpen();
    var answered = exchange.isOver();
    exchange.breakOff(Failure.perhapsSent(why.reason(), why.detail()));
    if (unanswered) {
      refuse(why);
    } else if (answered) {
      closeLingering();
    } else {
      reset();
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

  /** What is being served, or was and is not complete. */
  @Nullable ServerExchange exchange() {
    return current;
  }

  /** True if it carries nothing more but the end of what was written. */
  boolean isClosing() {
    return closing;
  }

  /** True if a part of the next request waits for the rest. */
  boolean isWithinHead() {
    return mayBegin() && reader.hasPending();
  }

  /** Closes it between two requests. */
  void closeIdle() {
    closing = true;
    transport.close();
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
    } else if (keepsAlive && !reader.endsWithConnection()) {
      updateReading(); // read the rest, to find the next request
    } else {
      // A client that waits for 100 would never send the rest; and what was meant for a tunnel that
      // there is not must not become a request.
      closeLingering();
    }
  }

  /** From now on the two sides of the connection end one by one. */
  void allowHalfClosure() {
    transport.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
  }

  /** Both sides of the tunnel have ended. */
  void tunnelEnded() {
    if (!closing) {
      closing = true;
      reader.stop();
      var _ = out().finish().addListener(_ -> transport.close());
    }
  }

  /** The answer cannot be completed, and must not look complete. */
  void reset() {
    closing = true;
    reader.stop();
    transport.reset();
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
  void closeLingering() {
    closing = true;
    reader.stop();
    Lingering.close(transport, out());
  }

  // ---- flow control

  @Override
  public void bodyWanted() {
    updateReading();
  }

  @Override
  public void bodyCancelled() {
    bodyDelivered();
    updateReading();
  }

  @Override
  public void bodyDelivered() {
    if (current != null) {
      current.requestEnded();
    }
  }

  private void updateReading() {
    if (inputEnded) {
      return;
    }
    var exchange = current;
    var reads =
        closing
            || (requestDone
                ? mayBegin() || !reader.hasPending()
                : exchange == null || exchange.isOver() || exchange.wantsBody());
    var config = transport.channel().config();
    if (config.isAutoRead() != reads) {
      config.setAutoRead(reads);
    }
  }

  /** The time of its loop. */
  long nanos() {
    return transport.loop().ticker().nanos();
  }
}
