package dev.ondine.proxy.http.http2;

import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;

import dev.ondine.base.time.Scheduler;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.transport.Connection;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** A connection to an endpoint, on which many exchanges are served at once. */
final class ClientConnection extends ConnectionHandler implements HttpService {
  private static final String NO_SETTINGS = "no SETTINGS came, so that it is no HTTP/2 endpoint";
  private static final long KEEPALIVE_PING = 0x616c697665L;

  /** Whoever chooses among connections. */
  interface Owner {
    /** There may be room for one more stream, or none any more. */
    void changed(ClientConnection connection);

    /** Its peer has said how many streams it takes. */
    void settled(ClientConnection connection);

    /** It is closed. */
    void closed(ClientConnection connection);
  }

  private final Owner owner;
  private final Keepalive keepalive;
  private final Duration settingsTimeout;
  private final ArrayDeque<HttpExchange> unsettled = new ArrayDeque<>(); // wait for SETTINGS
  private boolean goneAway;
  private boolean settled;
  private boolean takesExtendedConnect;
  private int lastStream = Integer.MAX_VALUE;
  private @Nullable Failure failure;
  private long readNanos;
  private long usedNanos;
  private boolean pinged;
  private Scheduler.@Nullable Timer keepaliveTimer;
  private Scheduler.@Nullable Timer settingsTimer;

  private final long endOfLife;

  /**
   * @param settingsTimeout how long a request that needs the peer's SETTINGS waits for them
   * @param endOfLife when it should carry no further exchange
   */
  ClientConnection(
      Connection transport,
      Owner owner,
      Keepalive keepalive,
      Http2Limits limits,
      Duration settingsTimeout,
      long endOfLife) {
    // The preface leaves together with the first request.
    super(transport, Codec.of(false, limits, transport.loop().ticker()), limits, false);
    this.owner = owner;
    this.keepalive = keepalive;
    this.endOfLife = endOfLife;
    this.settingsTimeout = settingsTimeout;
    this.readNanos = nanos();
    this.usedNanos = readNanos;
  }

  /** True if one more exchange may be given to it. */
  boolean hasRoom() {
    return transport.isOpen()
        && !goneAway
        && failure == null
        && active() + unsettled.size() < (settled ? limits.maxStreams() : 1)
        && connection().local().canOpenStream();
  }

  /**
   * False until the peer has said how many streams it takes. Meanwhile it is given one: what comes
   * beyond its limit would be refused, and tried again in vain.
   */
  boolean isSettled() {
    return settled;
  }

  /** Exchanges that are under way. */
  int active() {
    return connection().local().numActiveStreams();
  }

  @Override
  public void serve(HttpExchange exchange) {
    transport.proven().ifPresent(exchange.info()::answersAs);
    if (exchange.request().protocol().isEmpty() || takesExtendedConnect) {
      send(exchange);
    } else if (settled) {
      exchange.fail(
          Failure.notSent(
              Reason.NOT_IMPLEMENTED,
              "the endpoint takes no WebSocket by HTTP/2: its SETTINGS do not allow RFC 8441"));
    } else {
      // Only they say whether it may be asked for at all (RFC 8441, section 3).
      unsettled.add(exchange);
      exchange.onAbort(() -> unsettled.remove(exchange));
      waitForSettings();
    }
  }

  @Override
  void settled(Http2Settings settings) {
    settled = true;
    var allowed = settings.connectProtocolEnabled();
    takesExtendedConnect |= allowed != null && allowed; // never taken back (RFC 8441, section 3)
    stopWaitingForSettings();
    for (var left = unsettled.size(); left > 0; left--) {
      serve(unsettled.remove());
    }
    owner.settled(this);
  }

  private void waitForSettings() {
    if (settingsTimer == null) {
      settingsTimer = loop().schedule(settingsTimeout, this::unsettledTooLong);
    }
  }

  private void unsettledTooLong() {
    settingsTimer = null;
    failUnsettled(NO_SETTINGS);
    failure = Failure.perhapsSent(Reason.UPSTREAM_PROTOCOL_ERROR, NO_SETTINGS);
    transport.reset();
  }

  private void failUnsettled(String detail) {
    for (var left = unsettled.size(); left > 0; left--) {
      unsettled.remove().fail(Failure.notSent(Reason.UPSTREAM_PROTOCOL_ERROR, detail));
    }
  }

  private void stopWaitingForSettings() {
    if (settingsTimer != null) {
      settingsTimer.cancel();
      settingsTimer = null;
    }
  }

  private void send(HttpExchange exchange) {
    if (!settled) {
      waitForSettings();
    }
    var id = connection().local().incrementAndGetNextStreamId();
    try {
      var stream = connection().local().createStream(id, false);
      var client = new ClientStream(this, id, exchange);
      attach(stream, client);
      client.start();
      keepAliveLater(keepalive.interval());
    } catch (Http2Exception e) {
      goneAway |= id < 0; // 2^30 streams: this connection has had them all
      exchange.fail(Failure.notSent(Reason.UPSTREAM_RESET, "no stream on the connection: " + e));
      closeWhenDone();
    }
  }

  /** True if it has served nothing for so long. */
  boolean isIdleFor(Duration time) {
    return active() + unsettled.size() == 0 && nanos() - usedNanos >= time.toNanos();
  }

  /** It should carry no further exchange. */
  boolean isTooOld() {
    return nanos() - endOfLife >= 0 || transport.isStale();
  }

  /** It carries what it has to the end, and no more. */
  boolean isLeaving() {
    return goneAway || failure != null;
  }

  /** Takes no new exchanges and closes when those that are there are done. */
  void retire() {
    goneAway = true;
    closeWhenDone();
  }

  /** Why a stream ended that was not complete. */
  Failure whyClosed(int id, boolean headWritten) {
    if (!headWritten || (goneAway && id > lastStream)) {
      return Failure.notSent(
          Reason.UPSTREAM_RESET, "the connection closed before the request left");
    }
    return failure != null
        ? failure
        : Failure.perhapsSent(Reason.UPSTREAM_RESET, "the connection closed");
  }

  @Override
  void opened(Http2Stream stream, Http2Headers headers, boolean end) throws Http2Exception {
    throw Http2Exception.connectionError(PROTOCOL_ERROR, "a stream opened by a server");
  }

  @Override
  void goneAway(int lastStream, long errorCode) {
    this.goneAway = true;
    this.lastStream = lastStream;
    owner.changed(this);
    closeWhenDone();
  }

  @Override
  void streamClosed() {
    usedNanos = nanos();
    owner.changed(this);
    closeWhenDone();
  }

  private void closeWhenDone() {
    if (goneAway && connection().numActiveStreams() + unsettled.size() == 0) {
      transport.close();
    }
  }

  @Override
  protected void onConnectionError(
      ChannelHandlerContext ctx,
      boolean outbound,
      Throwable cause,
      @Nullable Http2Exception error) {
    if (failure == null) {
      failure = Failure.perhapsSent(Reason.UPSTREAM_PROTOCOL_ERROR, "broken HTTP/2: " + cause);
    }
    super.onConnectionError(ctx, outbound, cause, error);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
    readNanos = nanos();
    pinged = false;
    super.channelRead(ctx, message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    if (keepaliveTimer != null) {
      keepaliveTimer.cancel();
    }
    super.channelInactive(ctx);
    stopWaitingForSettings();
    failUnsettled("the endpoint closed the connection instead of speaking HTTP/2");
    owner.closed(this);
  }

  @Override
  void pong(long data) {} // having read it is what counts

  private void keepAliveLater(Duration delay) {
    if (keepaliveTimer == null && keepalive.isOn()) {
      keepaliveTimer = loop().schedule(delay, this::keepAlive);
    }
  }

  /** A peer that is gone without a word would let its streams wait for ever. */
  private void keepAlive() {
    keepaliveTimer = null;
    if (!transport.isOpen() || active() == 0) {
      return;
    }
    var silent = nanos() - readNanos;
    if (pinged) {
      failure = Failure.perhapsSent(Reason.UPSTREAM_RESET, "no answer to a PING");
      transport.reset();
    } else if (silent >= keepalive.interval().toNanos()) {
      pinged = true;
      var ctx = context();
      var _ = encoder().writePing(ctx, false, KEEPALIVE_PING, ctx.newPromise());
      flushSoon();
      keepAliveLater(keepalive.timeout());
    } else {
      keepAliveLater(keepalive.interval().minusNanos(silent));
    }
  }
}
