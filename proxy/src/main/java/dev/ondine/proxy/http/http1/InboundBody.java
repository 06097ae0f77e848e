package dev.ondine.proxy.http.http1;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The body of the message that a connection is reading. Confined to its loop.
 *
 * <p>What nobody wants yet is held: as much as one read brings, because the connection then stops
 * reading.
 */
final class InboundBody implements BodyStream {
  /** The connection that the body comes by. */
  interface Source {
    /** More is wanted: read on. */
    void bodyWanted();

    /** Nothing more is wanted, ever, although the body has not ended. */
    void bodyCancelled();

    /** The receiver has had all of it. */
    default void bodyDelivered() {}
  }

  private final Source source;
  private final long length;
  private final ArrayDeque<Bytes> held = new ArrayDeque<>(0);
  private @Nullable Receiver receiver;
  private @Nullable Headers trailers; // once it has ended
  private @Nullable Failure failure;
  private long wanted;
  private boolean cancelled;
  private boolean delivering;

  InboundBody(Source source, long length) {
    this.source = source;
    this.length = length;
  }

  /** The next piece came. */
  void data(Bytes bytes) {
    var to = receiver;
    if (cancelled) {
      bytes.release();
    } else if (to != null && wanted > 0 && held.isEmpty()) {
      wanted -= bytes.length();
      delivering = true;
      to.data(bytes);
      delivering = false;
    } else {
      held.add(bytes);
    }
  }

  /** All came. */
  void end(Headers trailers) {
    this.trailers = trailers;
    tellEnd();
  }

  /** No more will come. */
  void fail(Failure failure) {
    if (trailers == null && !cancelled) {
      this.failure = failure;
      releaseHeld();
      tellEnd();
    }
  }

  /** True if all of it came, whether or not it was taken. */
  boolean hasEnded() {
    return trailers != null;
  }

  /** True if the connection should read on for it. */
  boolean wantsMore() {
    return cancelled || (wanted > 0 && held.isEmpty());
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void subscribe(Receiver receiver) {
    this.receiver = receiver;
    tellEnd();
  }

  @Override
  public void request(long bytes) {
    wanted += bytes;
    if (delivering) {
      return; // whoever delivers goes on by itself
    }
    delivering = true;
    while (wanted > 0 && !held.isEmpty() && receiver != null) {
      var next = held.remove();
      wanted -= next.length();
      receiver.data(next);
    }
    delivering = false;
    tellEnd();
    if (trailers == null && wantsMore()) {
      source.bodyWanted();
    }
  }

  @Override
  public void cancel() {
    if (!cancelled) {
      cancelled = true;
      receiver = null;
      releaseHeld();
      if (trailers == null && failure == null) {
        source.bodyCancelled();
      }
    }
  }

  private void tellEnd() {
    var to = receiver;
    if (to == null || !held.isEmpty() || delivering) {
      return;
    }
    if (failure != null) {
      receiver = null;
      to.failed(failure);
    } else if (trailers != null) {
      receiver = null;
      to.end(trailers);
      source.bodyDelivered();
    }
  }

  private void releaseHeld() {
    held.forEach(Bytes::release);
    held.clear();
  }
}
