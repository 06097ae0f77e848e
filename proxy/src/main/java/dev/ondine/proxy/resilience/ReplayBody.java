package dev.ondine.proxy.resilience;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request's body that can be sent again from its start, as long as it is short. Confined to its
 * exchange's loop.
 */
final class ReplayBody implements BodyStream.Receiver {
  static final int MAX_BYTES = 64 << 10;

  private final BodyStream source;
  private final List<Bytes> kept = new ArrayList<>();
  private long keptBytes;
  private long credit; // asked of the source and not delivered yet
  private boolean subscribed;
  private boolean tooLong;
  private @Nullable Headers trailers;
  private @Nullable Failure failure;
  private @Nullable View current;

  ReplayBody(BodyStream source) {
    this.source = source;
  }

  /** The body from its start on; the view before is told no more. */
  BodyStream view() {
    var view = new View();
    current = view;
    return view;
  }

  /** True while everything that came is here still. */
  boolean isComplete() {
    return !tooLong && failure == null;
  }

  /** Gives back what was kept. */
  void release() {
    kept.forEach(Bytes::release);
    kept.clear();
    tooLong = true;
    current = null;
  }

  @Override
  public void data(Bytes bytes) {
    credit -= bytes.length();
    keptBytes += bytes.length();
    if (keptBytes > MAX_BYTES && (current == null || current.hasAllKept())) {
      var view = current; // it has had everything so far: it goes on, but is the last one
      release();
      current = view;
    }
    if (!tooLong) {
      kept.add(bytes.retain());
    }
    if (current == null) {
      bytes.release();
    } else {
      current.next(bytes);
    }
  }

  @Override
  public void end(Headers trailers) {
    this.trailers = trailers;
    if (current != null) {
      current.tellEnd();
    }
  }

  @Override
  public void failed(Failure failure) {
    this.failure = failure;
    if (current != null) {
      current.tellEnd();
    }
  }

  /** The body as one try sees it. */
  private final class View implements BodyStream {
    private @Nullable Receiver receiver;
    private int position; // of the next piece that was kept
    private long wanted;
    private boolean replaying;

    @Override
    public long length() {
      return source.length();
    }

    @Override
    public void subscribe(Receiver receiver) {
      this.receiver = receiver;
      if (!subscribed) {
        subscribed = true;
        source.subscribe(ReplayBody.this);
      }
      tellEnd();
    }

    @Override
    public void request(long bytes) {
      wanted += bytes;
      if (replaying || current != this) {
        return;
      }
      replaying = true;
      while (receiver != null && wanted > 0 && position < kept.size()) {
        var piece = kept.get(position++).retain();
        wanted -= piece.length();
        receiver.data(piece);
      }
      replaying = false;
      tellEnd();
      if (trailers == null && failure == null && hasAllKept() && wanted > credit) {
        var more = wanted - credit;
        credit += more;
        source.request(more);
      }
    }

    /** A piece that has just come. */
    void next(Bytes bytes) {
      if (receiver == null || (!tooLong && position < kept.size() - 1)) {
        bytes.release(); // earlier pieces come first; this one was kept
        return;
      }
      if (!tooLong) {
        position++;
      }
      wanted -= bytes.length();
      receiver.data(bytes);
    }

    void tellEnd() {
      var to = receiver;
      if (to == null || replaying || !hasAllKept()) {
        return;
      }
      if (failure != null) {
        receiver = null;
        to.failed(failure);
      } else if (trailers != null) {
        receiver = null;
        to.end(trailers);
      }
    }

    private boolean hasAllKept() {
      return position >= kept.size();
    }

    @Override
    public void cancel() {
      receiver = null; // the source stays: the next try may want it
      if (current == this) {
        current = null;
      }
    }
  }
}
