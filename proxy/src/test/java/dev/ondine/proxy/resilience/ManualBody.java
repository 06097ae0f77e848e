package dev.ondine.proxy.resilience;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import org.jspecify.annotations.Nullable;

/** A body that comes when a test says so; nothing comes that was not asked for. */
final class ManualBody implements BodyStream {
  private final long length;
  private @Nullable Receiver receiver;
  private long wanted;
  private boolean cancelled;

  ManualBody(long length) {
    this.length = length;
  }

  void send(String text) {
    if (wanted <= 0) {
      throw new AssertionError("nobody asked for '" + text + "'");
    }
    wanted -= text.length();
    receiver().data(Bytes.of(text));
  }

  void finish() {
    receiver().end(Headers.none());
  }

  void breakOff(Failure failure) {
    receiver().failed(failure);
  }

  boolean isCancelled() {
    return cancelled;
  }

  private Receiver receiver() {
    if (receiver == null) {
      throw new AssertionError("nobody subscribed");
    }
    return receiver;
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public void subscribe(Receiver receiver) {
    this.receiver = receiver;
  }

  @Override
  public void request(long bytes) {
    wanted += bytes;
  }

  @Override
  public void cancel() {
    cancelled = true;
  }
}
