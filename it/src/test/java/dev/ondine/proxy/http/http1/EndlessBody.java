package dev.ondine.proxy.http.http1;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.Headers;
import org.jspecify.annotations.Nullable;

/** A body that gives what is asked for. */
final class EndlessBody implements BodyStream {
  private @Nullable Receiver receiver;
  private final long end;
  private long given;

  EndlessBody() {
    this(Long.MAX_VALUE);
  }

  EndlessBody(long end) {
    this.end = end;
  }

  /** Bytes that were given so far. */
  long given() {
    return given;
  }

  @Override
  public long length() {
    return UNKNOWN;
  }

  @Override
  public void subscribe(Receiver receiver) {
    this.receiver = receiver;
  }

  @Override
  public void request(long bytes) {
    var next = (int) Math.min(bytes, end - given);
    if (receiver != null && next > 0) {
      given += next;
      var to = receiver;
      to.data(Bytes.of(new byte[next]));
      if (given == end) {
        to.end(Headers.none());
      }
    }
  }

  @Override
  public void cancel() {
    receiver = null;
  }
}
