package dev.ondine.proxy.http.http2;

import dev.ondine.base.time.Ticker;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;

/**
 * Netty's codec for one connection, put together with our bounds.
 *
 * @param settings what the peer is told
 */
record Codec(
    Http2ConnectionDecoder decoder,
    Http2ConnectionEncoder encoder,
    Http2Settings settings,
    FrameGuard guard) {

  private static final float WINDOW_UPDATE_RATIO = 0.5f;
  private static final int NO_PUSH = 0;

  /** For the side that accepted the connection, or the one that made it. */
  static Codec of(boolean server, Http2Limits limits, Ticker ticker) {
    Http2Connection connection = new DefaultHttp2Connection(server, NO_PUSH);
    // The connection's window is refilled at once, a stream's as its receiver takes the bytes:
    // what one stream holds back stalls no other one.
    connection
        .local()
        .flowController(new DefaultHttp2LocalFlowController(connection, WINDOW_UPDATE_RATIO, true));
    connection
        .remote()
        .flowController(
            new DefaultHttp2RemoteFlowController(
                connection, new UniformStreamByteDistributor(connection)));
    // Netty applies what we announce when it is acknowledged; these must hold from the start.
    connection.remote().maxActiveStreams(server ? limits.maxStreams() : 0);
    var guard = new FrameGuard(connection, limits, ticker);
    var reader =
        new DefaultHttp2FrameReader(
            new DefaultHttp2HeadersDecoder(true, limits.maxHeaderBytes()),
            limits.maxSmallContinuations());
    var writer = new DefaultHttp2FrameWriter(Http2HeadersEncoder.NEVER_SENSITIVE, false);
    var encoder = new DefaultHttp2ConnectionEncoder(connection, writer);
    var decoder =
        new DefaultHttp2ConnectionDecoder(
            connection,
            encoder,
            new GuardedFrameReader(reader, connection, guard),
            Http2PromisedRequestVerifier.ALWAYS_VERIFY,
            true,
            true,
            true,
            true);
    return new Codec(decoder, encoder, settings(server, limits), guard);
  }

  private static Http2Settings settings(boolean server, Http2Limits limits) {
    var settings =
        new Http2Settings()
            .maxHeaderListSize(limits.maxHeaderBytes())
            .initialWindowSize(limits.streamWindow());
    return server
        ? settings.maxConcurrentStreams(limits.maxStreams()).connectProtocolEnabled(true)
        : settings.pushEnabled(false);
  }
}
