package dev.ondine.proxy.http;

import org.jspecify.annotations.Nullable;

/** A body that is here as a whole, or empty. */
final class FixedBody implements BodyStream {
  static final FixedBody EMPTY = new FixedBody(null);

  private final long length;
  private @Nullable Bytes bytes;
  private @Nullable Receiver receiver;

  FixedBody(@Nullable Bytes bytes) {
    this.bytes = bytes;
    this.length = bytes == null ? 0 : bytes.length();
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void subscribe(Receiver receiver) {
    if (length == 0) {
      receiver.end(Headers.none()); // the shared empty body keeps no receiver
      return;
    }
    this.receiver = receiver;
  }

  @Override
  public void request(long wanted) {
    var to = receiver;
    var all = bytes;
    if (to != null && all != null) {
      bytes = null;
      receiver = null;
      to.data(all);
      to.end(Headers.none());
    }
  }

  @Override
  public void cancel() {
    receiver = null;
    if (bytes != null) {
      bytes.release();
      bytes = null;
    }
  }
}
