package dev.ondine.proxy.grpcclient;

import dev.ondine.base.lifecycle.Component;
import dev.ondine.base.time.Scheduler;
import dev.ondine.proxy.grpcclient.AttachCall.Lease;
import dev.ondine.proxy.grpcclient.AttachCall.StatusMessage;
import dev.ondine.proxy.grpcclient.Registration.State;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the workload registered with control: a status at each change, and every five seconds.
 *
 * <p>A broken stream removes nothing; it is opened again, at the next of control's addresses.
 * Confined to its scheduler, on which the watcher is told.
 */
public final class RegistrationClient implements Component {
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);
  private static final Duration FIRST_BACK_OFF = Duration.ofMillis(200);
  private static final Duration LAST_BACK_OFF = Duration.ofSeconds(5);

  /** Told how it goes. */
  public interface Watcher {
    /** Control has taken the status: the lease is renewed. */
    void registered(State state);

    /** Control refuses the status; it is offered again with each heartbeat. */
    void refused(String error);

    /** The stream is down; leases run on for a while. */
    void lost(String reason);
  }

  private final Registration registration;
  private final ControlChannels control;
  private final Scheduler scheduler;
  private final RandomGenerator random;
  private final Watcher watcher;
  private @Nullable State wish;
  private @Nullable Attached attached;
  private Scheduler.@Nullable Timer timer;
  private int attempts;
  private int server;

  /**
   * @param control used on the scheduler only
   */
  public RegistrationClient(
      Registration registration,
      ControlChannels control,
      Scheduler scheduler,
      RandomGenerator random,
      Watcher watcher) {
    this.registration = registration;
    this.control = control;
    this.scheduler = scheduler;
    this.random = random;
    this.watcher = watcher;
  }

  @Override
  public String name() {
    return "registration";
  }

  /** Does nothing yet: a workload is registered once it answers. */
  @Override
  public void start() {}

  /** Registers the workload in this state from now on. Any thread. */
  public void register(State state) {
    scheduler.execute(
        () -> {
          if (wish != State.GONE && wish != state) {
            wish = state;
            heartbeat();
          }
        });
  }

  /**
   * Takes the workload out of the registry at once, as far as control can be reached. Any thread.
   */
  @Override
  public void stop() {
    register(State.GONE);
  }

  /** Sends the status, over a new stream where there is none. */
  private void heartbeat() {
    cancelTimer();
    var state = wish;
    if (state == null) {
      return;
    }
    if (attached == null) {
      if (state == State.GONE) {
        return; // the lease ends by itself
      }
      attached = new Attached();
      attached.open(control.get(server));
    }
    attached.send(new StatusMessage(registration, state));
    timer = scheduler.schedule(HEARTBEAT, this::heartbeat);
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void answered(Attached stream, Lease lease) {
    if (stream == attached && wish != null) {
      attempts = 0;
      if (lease.error().isEmpty()) {
        watcher.registered(wish);
      } else {
        watcher.refused(lease.error());
      }
    }
  }

  private void broken(Attached stream, Status status) {
    if (stream != attached) {
      return;
    }
    attached = null;
    cancelTimer();
    if (wish == State.GONE) {
      return;
    }
    server++;
    watcher.lost(reason(status));
    timer = scheduler.schedule(backOff(), this::heartbeat);
  }

  private static String reason(Status status) {
    var cause = status.getCause();
    var text =
        status.getCode() + (status.getDescription() == null ? "" : ": " + status.getDescription());
    return cause == null ? text : text + " (" + cause.getMessage() + ")";
  }

  /** Twice as long each time, and anywhere in the upper half of it, so that sidecars spread. */
  private Duration backOff() {
    var full = FIRST_BACK_OFF.toNanos() << Math.min(attempts++, 10);
    var bounded = Math.min(full, LAST_BACK_OFF.toNanos());
    return Duration.ofNanos(bounded / 2 + random.nextLong(bounded / 2));
  }

  /** One stream. */
  private final class Attached implements ClientResponseObserver<StatusMessage, Lease> {
    private @Nullable ClientCallStreamObserver<StatusMessage> requests;

    void open(Channel channel) {
      var options = CallOptions.DEFAULT;
      ClientCalls.asyncBidiStreamingCall(channel.newCall(AttachCall.METHOD, options), this);
    }

    void send(StatusMessage status) {
      if (requests != null) {
        requests.onNext(status);
      }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<StatusMessage> requests) {
      this.requests = requests;
    }

    @Override
    public void onNext(Lease lease) {
      scheduler.execute(() -> answered(this, lease));
    }

    @Override
    public void onError(Throwable failure) {
      var status = Status.fromThrowable(failure);
      scheduler.execute(() -> broken(this, status));
    }

    @Override
    public void onCompleted() {
      scheduler.execute(
          () -> broken(this, Status.UNAVAILABLE.withDescription("control ended the stream")));
    }
  }
}
