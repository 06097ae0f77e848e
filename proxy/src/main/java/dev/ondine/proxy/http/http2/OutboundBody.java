package dev.ondine.proxy.http.http2;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.transport.NettyBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import org.jspecify.annotations.Nullable;

/**
 * The body of a message that is being sent on a stream.
 *
 * <p>Asks its source for more as the peer takes what there is, so that at most {@link #AHEAD} bytes
 * wait here for the peer's credit.
 */
final class OutboundBody implements BodyStream.Receiver {
  /** How many bytes may wait for the peer. */
  static final int AHEAD = 64 << 10;

  /** A peer that gives little credit is seen to take something once it took so much. */
  private static final int STEP = 16 << 10;

  private static final long SECOND = 1_000_000_000;

  /** The stream that the body goes by. */
  interface Sink {
    /** So many bytes were taken from the source. */
    void sending(int bytes);

    /** The end of the stream is about to be written, with these trailers. */
    void ending(Headers trailers);

    /** All is written; the future may still tell of a failure. */
    void sent(ChannelFuture last);

    /** The source broke off. */
    void broken(Failure failure);
  }

  private final ConnectionHandler connection;
  private final int stream;
  private final BodyStream source;
  private final Sink sink;
  private @Nullable Headers trailers;
  private @Nullable Failure failure;
  private @Nullable ChannelFuture headWritten;
  private boolean headSent;
  private boolean over;
  private boolean waitsForTunnel;
  private int waiting;
  private long progressNanos; // since when the peer has been behind its least rate

  OutboundBody(ConnectionHandler connection, int stream, BodyStream source, Sink sink) {
    this.connection = connection;
    this.stream = stream;
    this.source = source;
    this.sink = sink;
  }

  /** Writes the head and then the body; a message without either body or trailers is one frame. */
  void send(Http2Headers head) {
    progressNanos = connection.nanos();
    source.subscribe(this);
    if (over) {
      headSent = true;
      return;
    }
    headSent = true;
    var end = trailers;
    if (failure != null) {
      over = true;
      sink.broken(failure);
    } else if (end == null) {
      headWritten = connection.writeHeaders(stream, head, false);
      source.request(AHEAD);
    } else if (end.size() == 0) {
      over = true;
      sink.ending(end);
      headWritten = connection.writeHeaders(stream, head, true);
      sink.sent(headWritten);
    } else {
      headWritten = connection.writeHeaders(stream, head, false);
      finish(end);
    }
  }

  /** Writes the head of a request for a tunnel, whose bytes wait for {@link #open}. */
  void sendHead(Http2Headers head) {
    waitsForTunnel = true;
    headSent = true;
    headWritten = connection.writeHeaders(stream, head, false);
  }

  /** The tunnel is open: its bytes may go. */
  void open() {
    if (waitsForTunnel && !over) {
      waitsForTunnel = false;
      progressNanos = connection.nanos();
      source.subscribe(this);
      source.request(AHEAD);
    }
  }

  /** Nobody takes the rest. */
  void cancel() {
    if (!over) {
      over = true;
      if (!waitsForTunnel) { // a tunnel that did not open may be tried elsewhere
        source.cancel();
      }
    }
  }

  /** True once the head has left: the peer may act on it. */
  boolean isHeadWritten() {
    return headWritten != null && headWritten.isSuccess();
  }

  /** True until the end was written or sending was given up. */
  boolean isSending() {
    return !over;
  }

  /** True if there was something to send since then, and the peer took nothing. */
  boolean isStalledSince(long nanos) {
    return waiting > 0 && progressNanos - nanos < 0;
  }

  @Override
  public void data(Bytes bytes) {
    if (over) {
      bytes.release();
      return;
    }
    var size = bytes.length();
    if (waiting == 0) {
      progressNanos = connection.nanos();
    }
    waiting += size;
    sink.sending(size);
    var buffer = NettyBytes.bufferOf(bytes);
    while (buffer.readableBytes() > STEP) {
      write(buffer.readRetainedSlice(STEP));
    }
    write(buffer);
  }

  private void write(ByteBuf part) {
    var size = part.readableBytes();
    connection
        .writeData(stream, part, false)
        .addListener(written -> written(size, written.isSuccess()));
  }

  private void written(int size, boolean success) {
    waiting -= size;
    var now = connection.nanos();
    var rate = connection.leastRate();
    progressNanos = rate == 0 ? now : Math.min(now, progressNanos + size * SECOND / rate);
    if (success && !over) {
      source.request(size);
    }
  }

  @Override
  public void end(Headers trailers) {
    if (over) {
      return;
    }
    if (headSent) {
      finish(trailers);
    } else {
      this.trailers = trailers;
    }
  }

  private void finish(Headers end) {
    over = true;
    sink.ending(end);
    if (end.size() == 0) {
      sink.sent(connection.writeData(stream, Unpooled.EMPTY_BUFFER, true));
    } else {
      var fields = ReadOnlyHttp2Headers.trailers(false, FieldList.encoded(end));
      sink.sent(connection.writeHeaders(stream, fields, true));
    }
  }

  @Override
  public void failed(Failure failure) {
    if (over) {
      return;
    }
    if (headSent) {
      over = true;
      sink.broken(failure);
    } else {
      this.failure = failure;
    }
  }
}
