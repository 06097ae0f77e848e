package dev.ondine.xds.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What a client got, to be taken in order; waits for what is still on the wire. */
final class Received<R> implements StreamObserver<R> {
  /** Far beyond what loopback needs; only a failing test waits for it. */
  private static final long PATIENCE_SECONDS = 10;

  private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

  @Override
  public void onNext(R response) {
    events.add(response);
  }

  @Override
  public void onError(Throwable cause) {
    events.add(Status.fromThrowable(cause));
  }

  @Override
  public void onCompleted() {
    events.add(Status.OK);
  }

  @SuppressWarnings("unchecked")
  R next() throws InterruptedException {
    var event = event();
    assertThat(event).isNotInstanceOf(Status.class);
    return (R) event;
  }

  Status end() throws InterruptedException {
    var event = event();
    assertThat(event).isInstanceOf(Status.class);
    return (Status) event;
  }

  private Object event() throws InterruptedException {
    var event = events.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(event).as("something from the server").isNotNull();
    return event;
  }
}
