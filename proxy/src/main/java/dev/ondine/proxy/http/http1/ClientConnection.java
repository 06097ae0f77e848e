package dev.ondine.proxy.http.http1;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.ResponseHead;
import dev.ondine.proxy.http.http1.MessageReader.Framing;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.NettyBytes;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A connection to an endpoint, which carries one exchange at a time. Confined to its loop.
 *
 * <p>It is used again only when both messages of the last exchange were complete and not a byte
 * more came than they have.
 */
final class ClientConnection extends ChannelInboundHandlerAdapter
    implements MessageReader.Target, InboundBody.Source {
  private static final int MAX_INTERIM = 16;

  /** Whoever gives exchanges to it. */
  interface Owner {
    /** It can carry the next exchange. */
    void ready(ClientConnection connection);

    /** It is closed. */
    void closed(ClientConnection connection);
  }

  private final Connection transport;
  private final Owner owner;
  private final HeadWriter writer;
  private final RandomGenerator random;
  private final ResponseParser parser = new ResponseParser();
  private final MessageReader reader;
  private @Nullable Outbound out;
  private @Nullable ClientCall call;
  private @Nullable InboundBody body;
  private boolean answering; // the final head is here
  private boolean answered; // the message is complete, the read it came with is not
  private boolean switched; // a tunnel is open: what comes is bytes, to the connection's end
  private boolean broken; // by the endpoint, not ended
  private boolean starved;
  private int interim;
  private int idleSweeps;
  private final long endOfLife;

  /** One for a single exchange, which lasts as long as it likes. */
  ClientConnection(
      Connection transport,
      Owner owner,
      Http1Settings settings,
      HeadWriter writer,
      RandomGenerator random) {
    this(
        transport,
        owner,
        settings,
        transport.loop().ticker().nanos() + Long.MAX_VALUE / 2,
        writer,
        random);
  }

  ClientConnection(
      Connection transport,
      Owner owner,
      Http1Settings settings,
      long endOfLife,
      HeadWriter writer,
      RandomGenerator random) {
    this.endOfLife = endOfLife;
    this.transport = transport;
    this.owner = owner;
    this.writer = writer;
    this.random = random;
    this.reader = new MessageReader(this, settings.head(), transport.channel().alloc());
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    out = new Outbound(ctx, transport);
    ctx.channel().config().setAutoRead(true);
  }

  /** Carries an exchange; the connection is ready. */
  void serve(HttpExchange exchange) {
    idleSweeps = 0;
    interim = 0;
    answering = false;
    answered = false;
    body = null;
    var next = new ClientCall(this, exchange);
    call = next;
    transport.proven().ifPresent(exchange.info()::answersAs);
    next.start(writer, random);
  }

  /** Becomes the far end of a CONNECT that is for us: its bytes, and no HTTP of the endpoint's. */
  void tunnel(HttpExchange exchange) {
    var next = new ClientCall(this, exchange);
    call = next;
    exchange.onAbort(next);
    transport.proven().ifPresent(exchange.info()::answersAs);
    reader.raw();
    open(next, new ResponseHead(200, Headers.of()));
  }

  private void open(ClientCall opening, ResponseHead response) {
    answering = true;
    switched = true;
    transport.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    body = new InboundBody(this, BodyStream.UNKNOWN);
    opening.exchange().respond(response, body);
    opening.opened();
  }

  boolean isOpen() {
    return transport.isOpen();
  }

  /** One more second without an exchange: how many is that. */
  int idleFor() {
    return ++idleSweeps;
  }

  /** It must carry no further exchange. */
  boolean isStale() {
    return transport.isStale();
  }

  /** It should carry no further exchange. */
  boolean isTooOld() {
    return transport.loop().ticker().nanos() - endOfLife >= 0 || transport.isStale();
  }

  void close() {
    transport.close();
  }

  Outbound out() {
    if (out == null) {
      throw new IllegalStateException("not added to its pipeline yet");
    }
    return out;
  }

  HeadWriter writer() {
    return writer;
  }

  boolean carries(ClientCall candidate) {
    return call == candidate;
  }

  /** Breaks an exchange off that nobody waits for any more. */
  void abort(ClientCall aborted) {
    if (call == aborted) {
      call = null;
      aborted.stopSending();
      breakOff(Failure.perhapsSent(Reason.CLIENT_CLOSED, "broken off"));
    }
  }

  private void breakOff(Failure why) {
    var ended = call;
    var answer = body;
    call = null;
    body = null;
    reader.stop();
    transport.reset();
    if (answer != null) {
      answer.fail(why);
    }
    if (ended != null) {
      ended.stopSending();
      if (!answering) {
        ended.exchange().fail(why);
      }
    }
  }

  // ---- what comes in

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    var bytes = (ByteBuf) message;
    if (call == null || answered) {
      bytes.release(); // nobody asked for it: whatever it is, no client may get it
      transport.reset();
    } else {
      reader.read(bytes);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (answered && !switched) {
      recycle();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent && switched && call != null && !answered) {
      end(Headers.none()); // of this side; the request's bytes may go on
    }
    ctx.fireUserEventTriggered(event);
  }

  /** The client has said all through the tunnel. */
  void endOutput() {
    out().end();
    closeTunnelIfDone();
  }

  private void closeTunnelIfDone() {
    var done = call;
    if (answered && done != null && done.isSent()) {
      call = null;
      body = null;
      var _ = out().finish().addListener(_ -> transport.close());
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (call != null && ctx.channel().isWritable()) {
      call.goOn();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    out().release();
    if (call != null && !answered) {
      if (answering && reader.endsWithConnection() && !switched && !broken) {
        end(Headers.none());
      } else {
        breakOff(closed());
      }
    }
    if (answered && call != null) {
      call.stopSending();
      call = null;
    }
    reader.stop();
    owner.closed(this);
  }

  /** Want of memory is no reason to try again. */
  private Failure closed() {
    return starved
        ? Failure.perhapsSent(Reason.OVERLOAD, "no memory for a buffer")
        : Failure.perhapsSent(Reason.UPSTREAM_RESET, "the endpoint closed the connection");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    broken = true;
    starved = cause instanceof OutOfMemoryError;
    transport.broke(cause);
  }

  @Override
  public boolean mayBegin() {
    return call != null && !answered;
  }

  @Override
  public Framing head(byte[] head, int length) throws MalformedException {
    var carried = call;
    if (carried == null) {
      throw new IllegalStateException("an answer to nothing");
    }
    var response = parser.parse(head, length);
    if (opensTunnel(carried, response.status())) {
      carried.checkAccept(response.headers());
      response.headers().remove("content-length"); // without meaning here (RFC 9110, section 9.3.6)
      open(carried, response);
      return Framing.UNTIL_CLOSE;
    }
    if (response.status() < 200) {
      if (response.status() == 101 || ++interim > MAX_INTERIM) {
        throw new MalformedException("an unasked 101, or too many interim answers");
      }
      carried.exchange().inform(response);
      return Framing.NONE;
    }
    answering = true;
    var framing = framing(carried, response.status());
    body = body(framing);
    carried.exchange().respond(response, body == null ? BodyStream.empty() : body);
    return framing;
  }

  private boolean opensTunnel(ClientCall carried, int status) {
    var request = carried.exchange().request();
    return request.isOpenedBy(status) && (request.isConnect() || parser.switchesToWebSocket());
  }

  private Framing framing(ClientCall carried, int status) {
    var fields = parser.fields();
    if (status == 204 || status == 304 || carried.isHead()) {
      return Framing.NONE;
    }
    if (fields.chunked) {
      return Framing.CHUNKED;
    }
    return fields.contentLength == FieldParser.NO_LENGTH
        ? Framing.UNTIL_CLOSE
        : new Framing.Fixed(fields.contentLength);
  }

  private @Nullable InboundBody body(Framing framing) {
    return switch (framing) {
      case Framing.Fixed(var bytes) -> bytes == 0 ? null : new InboundBody(this, bytes);
      case Framing.Chunked _, Framing.UntilClose _ -> new InboundBody(this, BodyStream.UNKNOWN);
    };
  }

  @Override
  public void data(ByteBuf bytes) {
    if (body == null) {
      bytes.release();
    } else {
      body.data(new NettyBytes(bytes));
      setReading(body == null || body.wantsMore());
    }
  }

  @Override
  public void end(Headers trailers) {
    if (!answering) {
      return; // an interim answer
    }
    answered = true;
    if (body != null) {
      body.end(trailers);
    }
    if (switched) {
      closeTunnelIfDone();
    }
  }

  @Override
  public void malformed(MalformedException why) {
    breakOff(Failure.perhapsSent(Reason.UPSTREAM_PROTOCOL_ERROR, "the endpoint: " + why.detail()));
  }

  /** The read that completed the answer is over: the connection is free, if it is clean. */
  private void recycle() {
    var done = call;
    call = null;
    body = null;
    answered = false;
    var clean =
        done != null
            && done.isSent()
            && parser.keepsAlive()
            && reader.isIdle()
            && transport.isOpen();
    if (done != null) {
      done.stopSending();
    }
    if (clean) {
      setReading(true);
      owner.ready(this);
    } else {
      transport.close();
    }
  }

  // ---- flow control

  @Override
  public void bodyWanted() {
    setReading(true);
  }

  private void setReading(boolean reads) {
    var config = transport.channel().config();
    if (config.isAutoRead() != reads && !(switched && answered)) {
      config.setAutoRead(reads);
    }
  }

  @Override
  public void bodyCancelled() {
    if (!answered) {
      breakOff(Failure.perhapsSent(Reason.CLIENT_CLOSED, "broken off"));
    }
  }
}
