package dev.ondine.proxy.http.http2;

import static io.netty.handler.codec.http2.Http2Error.ENHANCE_YOUR_CALM;
import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;
import static io.netty.handler.codec.http2.Http2Error.STREAM_CLOSED;

import dev.ondine.base.time.Ticker;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;

/**
 * What a connection knows of its peer's conduct: which streams it has used, and how much it has
 * done for nothing. Confined to the connection's event loop.
 *
 * <p>Netty forgets a stream once it is closed, and never knows one that was refused; this is where
 * frames on those are judged.
 */
final class FrameGuard {
  private static final int IDLE_FRAMES_PER_USEFUL = 8;

  private final Http2Connection connection;
  private final ClosedStreams closed = new ClosedStreams();
  private final HeaderBlockWatch blocks = new HeaderBlockWatch();
  private final Budget resets;
  private final Budget idleFrames;
  private final int maxQueuedBytes;
  private int highestRemote;

  FrameGuard(Http2Connection connection, Http2Limits limits, Ticker ticker) {
    this.connection = connection;
    this.resets = new Budget(limits.maxResets(), limits.resetWindow(), ticker);
    this.idleFrames = new Budget(limits.maxIdleFrames(), limits.resetWindow(), ticker);
    this.maxQueuedBytes = limits.maxQueuedBytes();
    connection.addListener(
        new Http2ConnectionAdapter() {
          @Override
          public void onStreamClosed(Http2Stream stream) {
            closed.add(stream.id(), stream.isResetSent());
          }
        });
  }

  /** Where the peer is with its header blocks. */
  HeaderBlockWatch blocks() {
    return blocks;
  }

  /** A stream ran to its end: one more may be reset. */
  void completed() {
    resets.earn(1);
  }

  /** Something that has a use was sent or received. */
  void useful() {
    idleFrames.earn(IDLE_FRAMES_PER_USEFUL);
  }

  /** A frame that carries nothing was received; it may need an answer all the same. */
  void idleFrame(Channel channel) throws Http2Exception {
    if (!idleFrames.spend()) {
      throw Http2Exception.connectionError(ENHANCE_YOUR_CALM, "too many frames without content");
    }
    checkQueue(channel);
  }

  /** Does the peer read what it makes us write? */
  void checkQueue(Channel channel) throws Http2Exception {
    if (channel.bytesBeforeWritable() > maxQueuedBytes) {
      throw Http2Exception.connectionError(ENHANCE_YOUR_CALM, "the peer does not read");
    }
  }

  /** The peer reset a stream, or made us reset one. */
  void reset() throws Http2Exception {
    if (!resets.spend()) {
      throw Http2Exception.connectionError(ENHANCE_YOUR_CALM, "too many streams reset");
    }
  }

  /** A stream that Netty may not know, because it was malformed or refused, is over. */
  void refused(int id) {
    seen(id);
    closed.add(id, true);
  }

  /**
   * Judges a header block on a stream that is not open.
   *
   * @return true to ignore it, because the peer may not know yet that the stream is closed
   */
  boolean ignoresHeaders(int id) throws Http2Exception {
    if (!connection.isServer() && connection.remote().isValidStreamId(id)) {
      throw Http2Exception.connectionError(
          PROTOCOL_ERROR, "HEADERS on stream %d, which only a PUSH_PROMISE could open", id);
    }
    var stream = connection.stream(id);
    if (stream != null && !stream.state().remoteSideOpen() && !stream.isResetSent()) {
      throw Http2Exception.streamError(id, STREAM_CLOSED, "HEADERS on half-closed stream %d", id);
    }
    if (stream != null || !existed(id)) {
      seen(id);
      return false;
    }
    return switch (closed.how(id)) {
      case RESET_HERE -> true;
      case BY_PEER ->
          throw Http2Exception.connectionError(STREAM_CLOSED, "HEADERS on closed stream %d", id);
      case UNKNOWN ->
          throw Http2Exception.connectionError(
              PROTOCOL_ERROR, "stream %d is not above the last one", id);
    };
  }

  /** The same for DATA. The caller sees to flow control. */
  boolean ignoresData(int id) throws Http2Exception {
    if (!isClosed(id) || closed.how(id) == ClosedStreams.How.RESET_HERE) {
      return isClosed(id);
    }
    throw Http2Exception.streamError(id, STREAM_CLOSED, "DATA on closed stream %d", id);
  }

  /** True for a stream that was open once, or was refused, and is forgotten. */
  boolean isClosed(int id) {
    return connection.stream(id) == null && existed(id);
  }

  private boolean existed(int id) {
    return connection.remote().isValidStreamId(id)
        ? id <= highestRemote
        : connection.local().mayHaveCreatedStream(id);
  }

  private void seen(int id) {
    if (connection.remote().isValidStreamId(id)) {
      highestRemote = Math.max(highestRemote, id);
    }
  }
}
