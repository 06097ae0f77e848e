package dev.ondine.proxy.http.http2;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.transport.NettyBytes;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The body of a message that is being received on a stream.
 *
 * <p>What the receiver has not asked for is kept here, at most one stream window of it: the peer
 * gets new credit for what was delivered, and for nothing else.
 */
final class InboundBody implements BodyStream {
  /** The stream that the body comes by. */
  interface Source {
    /** So many bytes were delivered: the peer may send as many more. */
    void delivered(int bytes);

    /** The receiver wants no more. */
    void bodyCancelled();

    /** The receiver has had all of it. */
    default void bodyDelivered() {}
  }

  /**
   * A read buffer is much bigger than a small frame in it, which would keep it from being reused.
   */
  private static final int SMALL = 2_048;

  private static final int GATHERED = 16_384;

  private final Source source;
  private final long length;
  private final ArrayDeque<ByteBuf> held = new ArrayDeque<>(2);
  private @Nullable ByteBuf gathering;
  private @Nullable Receiver receiver;
  private @Nullable Headers trailers;
  private @Nullable Failure failure;
  private long wanted;
  private boolean delivering;
  private boolean over;

  InboundBody(Source source, long length) {
    this.source = source;
    this.length = length;
  }

  /** A frame's content, which stays the caller's. */
  void data(ByteBuf data) {
    if (over || failure != null || !data.isReadable()) {
      return; // not wanted: credit is not given back, so that the peer stops
    }
    if (receiver != null && wanted > 0 && held.isEmpty() && !delivering) {
      deliver(receiver, data.retainedSlice());
    } else {
      hold(data);
    }
  }

  private void hold(ByteBuf data) {
    var size = data.readableBytes();
    var gather = gathering;
    if (gather != null && size < SMALL && gather.readableBytes() + size <= GATHERED) {
      gather.writeBytes(data, data.readerIndex(), size);
    } else if (size < SMALL) {
      gathering = data.alloc().buffer(size).writeBytes(data, data.readerIndex(), size);
      held.add(gathering);
    } else {
      gathering = null;
      held.add(data.retainedSlice());
    }
  }

  /** The message is complete. */
  void end(Headers trailers) {
    if (!over && failure == null) {
      this.trailers = trailers;
      deliverHeld();
    }
  }

  /** The message breaks off, or nobody needs it any more; what is held is not delivered. */
  void fail(Failure failure) {
    if (!over) {
      this.failure = failure;
      releaseHeld();
      deliverHeld();
    }
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void subscribe(Receiver receiver) {
    if (this.receiver != null) {
      throw new IllegalStateException("a body has one receiver");
    }
    this.receiver = receiver;
    deliverHeld();
  }

  @Override
  public void request(long bytes) {
    wanted = wanted > Long.MAX_VALUE - bytes ? Long.MAX_VALUE : wanted + bytes;
    deliverHeld();
  }

  @Override
  public void cancel() {
    if (!over) {
      over = true;
      releaseHeld();
      if (trailers == null && failure == null) {
        source.bodyCancelled();
      }
    }
  }

  private void deliverHeld() {
    var to = receiver;
    if (to == null || delivering) {
      return;
    }
    delivering = true;
    while (!over && wanted > 0 && !held.isEmpty()) {
      var data = held.remove();
      if (held.isEmpty()) {
        gathering = null; // it is always the last one
      }
      wanted -= data.readableBytes();
      handOver(to, data);
    }
    delivering = false;
    finish(to);
  }

  private void deliver(Receiver to, ByteBuf data) {
    delivering = true;
    wanted -= data.readableBytes();
    handOver(to, data);
    delivering = false;
    finish(to);
  }

  private void handOver(Receiver to, ByteBuf data) {
    var size = data.readableBytes();
    to.data(new NettyBytes(data));
    source.delivered(size);
  }

  private void finish(Receiver to) {
    if (over || !held.isEmpty()) {
      return;
    }
    if (failure != null) {
      over = true;
      to.failed(failure);
    } else if (trailers != null) {
      over = true;
      to.end(trailers);
      source.bodyDelivered();
    }
  }

  private void releaseHeld() {
    gathering = null;
    while (!held.isEmpty()) {
      held.remove().release();
    }
  }
}
