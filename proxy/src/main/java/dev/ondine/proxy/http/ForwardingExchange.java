package dev.ondine.proxy.http;

import dev.ondine.base.time.Scheduler;
import java.time.Duration;

/** An exchange as a layer shows it to the layers below: the same, save for what it overrides. */
public abstract class ForwardingExchange implements HttpExchange {
  /** The exchange as the layer got it. */
  protected final HttpExchange above;

  /** Shows {@code above} to the layers below. */
  protected ForwardingExchange(HttpExchange above) {
    this.above = above;
  }

  @Override
  public RequestHead request() {
    return above.request();
  }

  @Override
  public BodyStream requestBody() {
    return above.requestBody();
  }

  @Override
  public ConnectionInfo connection() {
    return above.connection();
  }

  @Override
  public StreamInfo info() {
    return above.info();
  }

  @Override
  public Scheduler loop() {
    return above.loop();
  }

  @Override
  public boolean isOpen() {
    return above.isOpen();
  }

  @Override
  public Duration remaining() {
    return above.remaining();
  }

  @Override
  public void onAbort(Runnable listener) {
    above.onAbort(listener);
  }

  @Override
  public void onEnd(EndListener listener) {
    above.onEnd(listener);
  }

  @Override
  public void inform(ResponseHead interim) {
    above.inform(interim);
  }

  @Override
  public void respond(ResponseHead head, BodyStream body) {
    above.respond(head, body);
  }

  @Override
  public void fail(Failure failure) {
    above.fail(failure);
  }
}
