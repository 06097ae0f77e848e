package dev.ondine.proxy.http.http2;

import static dev.ondine.proxy.http.RequestHead.WEBSOCKET;
import static io.netty.handler.codec.http2.Http2Error.NO_ERROR;

import dev.ondine.base.time.Scheduler;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.HttpTimes;
import dev.ondine.proxy.http.LocalReply;
import dev.ondine.proxy.http.MalformedPathException;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.Refusals;
import dev.ondine.proxy.http.RequestHead;
import dev.ondine.proxy.http.Slowness;
import dev.ondine.proxy.overload.Shedding;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.Sweeper;
import dev.ondine.proxy.transport.Uptake;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A connection that was accepted: each stream is an exchange. */
final class ServerConnection extends ConnectionHandler implements Sweeper.Sweepable {
  private static final Logger log = LoggerFactory.getLogger(ServerConnection.class);
  private static final Failure CLIENT_LEFT =
      Failure.perhapsSent(Reason.CLIENT_CLOSED, "the client left");
  private static final long DRAIN_PING = 0x6f6e64696e65L; // any value that is not asked for else

  final ConnectionInfo info;
  private final HttpService service;
  private boolean draining;
  private boolean lastStreamTold;
  private Scheduler.@Nullable Timer grace;
  final HttpTimes times;
  final Refusals refusals;
  private final Shedding shedding;
  private final Uptake taking;
  private final long endOfLife;
  private Failure leaving = CLIENT_LEFT;
  private int idle; // sweeps without a stream
  private int heading; // sweeps within one header block
  private int blocks; // that were complete at the last sweep

  ServerConnection(
      Connection transport,
      ConnectionInfo info,
      HttpService service,
      Http2Limits limits,
      HttpTimes times,
      Refusals refusals,
      Shedding shedding,
      RandomGenerator random) {
    super(transport, Codec.of(true, limits, transport.loop().ticker()), limits, true);
    this.info = info;
    this.service = service;
    this.times = times;
    this.refusals = refusals;
    this.shedding = shedding;
    this.taking = new Uptake(transport);
    this.endOfLife = times.endOfLife(nanos(), random);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) throws Exception {
    super.handlerAdded(ctx);
    loop().sweeper().add(this);
  }

  @Override
  int leastRate() {
    return times.bodyRate();
  }

  /** A client that reads slowly is judged by all that it takes first; a stream, by its credit. */
  @Override
  boolean holdsUp(Http2Stream stream) {
    var flow = encoder().flowController();
    return flow.hasFlowControlled(stream)
        && (flow.windowSize(stream) <= 0 || flow.windowSize(connection().connectionStream()) <= 0);
  }

  @Override
  public void sweep() {
    if (!transport.isOpen()) {
      return;
    }
    var done = guard.blocks().completed();
    var waits = !decoder().prefaceReceived() || guard.blocks().isUnfinished();
    heading = waits && done == blocks ? heading + 1 : 0;
    blocks = done;
    if (heading > patience(times.head()).toSeconds()) {
      tooSlow(Slowness.HEAD);
      transport.close();
      return;
    }
    var hurry = shedding.drains();
    if (taking.isTooSlow(times.takeRate(hurry), times.takeGrace(hurry))) {
      tooSlow(Slowness.ANSWER);
      transport.reset(); // it would take no GOAWAY, nor a reset of its streams
      return;
    }
    sweepStreams();
    if (hurry) {
      resetStalled(patience(limits.stall()));
    }
    idle = connection().numActiveStreams() > 0 ? 0 : idle + 1;
    if (idle > 0 && hurry && !draining) {
      shedding.shed(Shedding.Point.IDLE);
      drain();
    } else if (idle > times.idle(shedding.isCrowded()).toSeconds() || nanos() - endOfLife >= 0) {
      drain();
    }
  }

  private void tooSlow(Slowness at) {
    refusals.tooSlow(info, at);
    leaving = at.failure();
  }

  /** Why streams that are under way end with the connection. */
  Failure leaving() {
    return leaving;
  }

  final Duration patience(Duration usual) {
    return HttpTimes.patience(usual, shedding.drains());
  }

  @Override
  void opened(Http2Stream stream, Http2Headers headers, boolean end) throws Http2Exception {
    ServerStream exchange;
    try {
      exchange = ServerStream.open(this, stream.id(), headers, end);
    } catch (MalformedPathException e) {
      refuse(stream.id(), headers, end, LocalReply.of(Reason.BAD_REQUEST, e.detail()));
      return;
    }
    if (exchange.request().path().length() > limits.maxPathBytes()) {
      var detail = "the path is longer than " + limits.maxPathBytes() + " bytes";
      refuse(stream.id(), headers, end, LocalReply.of(Reason.URI_TOO_LONG, detail));
      return;
    }
    if (expectsTheUnknown(exchange)) {
      var detail = "the only expectation known is 100-continue";
      refuse(stream.id(), headers, end, LocalReply.of(Reason.EXPECTATION_FAILED, detail));
      return;
    }
    attach(stream, exchange);
    if (headers.size() > limits.maxHeaderFields()) {
      var detail = "more than " + limits.maxHeaderFields() + " header fields";
      refuse(exchange, LocalReply.of(Reason.HEADER_TOO_LARGE, detail));
    } else if (!exchange.request().protocol().orElse(WEBSOCKET).equals(WEBSOCKET)) {
      var detail = "the only :protocol known is websocket";
      refuse(exchange, LocalReply.of(Reason.NOT_IMPLEMENTED, detail));
    } else {
      serve(exchange);
    }
  }

  private static boolean expectsTheUnknown(ServerStream exchange) {
    var headers = exchange.request().headers();
    return headers.contains("expect")
        && !headers.all("expect").stream().allMatch("100-continue"::equalsIgnoreCase);
  }

  /** Answers what is proper HTTP/2 and yet never becomes an exchange. */
  private void refuse(int id, Http2Headers request, boolean end, LocalReply reply) {
    refusals.refused(info, reply.reason(), reply.detail());
    var type = request.get("content-type");
    var _ = writeHeaders(id, Messages.encode(reply.head(RequestHead.isGrpc(type))), true);
    if (!end) {
      reset(id, NO_ERROR); // the body is not wanted (RFC 9113, section 8.1)
    }
  }

  /** Answers what no layer gets to see, as HTTP/1's codec does. */
  private void refuse(ServerStream exchange, LocalReply reply) {
    refusals.refused(info, reply.reason(), reply.detail());
    exchange.reply(reply);
  }

  @Override
  void refused(Http2Exception error) {
    refusals.refused(info, reason(error), "HTTP/2: " + error.error());
  }

  private static Reason reason(Http2Exception error) {
    if (error instanceof Http2Exception.HeaderListSizeException) {
      return Reason.HEADER_TOO_LARGE; // answered by Netty
    }
    return switch (error.error()) {
      case REFUSED_STREAM -> Reason.OVERLOAD;
      case INTERNAL_ERROR -> Reason.INTERNAL;
      default -> Reason.BAD_REQUEST; // a flood as well: it is no overload of ours
    };
  }

  private void serve(ServerStream exchange) {
    try {
      service.serve(exchange);
    } catch (RuntimeException e) { // this stream's fault, not that of the others
      log.error("a layer failed on {}", exchange.request().path(), e);
      exchange.reply(LocalReply.of(Reason.INTERNAL, "a fault of the proxy, see its log"));
    }
  }

  /**
   * Takes no new streams and closes the connection after those that are there.
   *
   * <p>The first GOAWAY names no last stream: what the peer sent before it knew is still served. It
   * knows when it has answered the PING (RFC 9113, section 6.8).
   */
  void drain() {
    assert loop().inThread();
    if (draining || !transport.isOpen()) {
      return;
    }
    draining = true;
    var ctx = context();
    goAway(ctx, Integer.MAX_VALUE);
    var _ = encoder().writePing(ctx, false, DRAIN_PING, ctx.newPromise());
    flushSoon();
    grace = loop().schedule(limits.drainGrace(), this::tellLastStream);
  }

  private void tellLastStream() {
    if (!lastStreamTold && transport.isOpen()) {
      lastStreamTold = true;
      goAway(context(), connection().remote().lastStreamCreated());
      flushSoon();
      closeWhenDone();
    }
  }

  private void goAway(ChannelHandlerContext ctx, int lastStream) {
    var _ = goAway(ctx, lastStream, NO_ERROR.code(), Unpooled.EMPTY_BUFFER, ctx.newPromise());
  }

  private void closeWhenDone() {
    if (lastStreamTold && connection().numActiveStreams() == 0 && transport.isOpen()) {
      // After what is still to be written.
      context().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  void pong(long data) {
    if (draining && data == DRAIN_PING) {
      tellLastStream();
    }
  }

  @Override
  void goneAway(int lastStream, long errorCode) {
    drain(); // the client opens no more streams; when they are done there is nothing to wait for
  }

  @Override
  void streamClosed() {
    closeWhenDone();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    loop().sweeper().remove(this);
    if (grace != null) {
      grace.cancel();
    }
    super.channelInactive(ctx);
  }
}
