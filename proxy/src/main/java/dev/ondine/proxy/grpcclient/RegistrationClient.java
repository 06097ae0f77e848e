package dev.ondine.proxy.grpcclient;

import dev.ondine.base.lifecycle.Component;
import dev.ondine.base.time.NextTurn;
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
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the workload registered with control: a status at each change, and every five seconds.
 *
 * <p>A broken stream removes nothing; it is opened again, at the next of control's addresses.
 * Confined to its scheduler, on which the watcher is told.
 */
public final class RegistrationClient implements Component {
  private static final Logger LOG = LoggerFactory.getLogger(RegistrationClient.class);
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);
  private static final Duration FIRST_BACK_OFF = Duration.ofMillis(200);
  private static final Duration LAST_BACK_OFF = Duration.ofSeconds(5);

  /** A stream on which nothing is answered for a minute is given up. */
  private static final int MAX_UNANSWERED = 12;

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
  private final Supplier<Optional<Census>> census;
  private final ControlChannels control;
  private final Scheduler scheduler;
  private final RandomGenerator random;
  private final Watcher watcher;
  private @Nullable State wish;
  private @Nullable Attached attached;
  private final NextTurn next;

  /** READY was sent, and control has not taken another state since. */
  private boolean advertised;

  private boolean retired;
  private int attempts;
  private int server;

  /**
   * @param census asked with each status, on the scheduler; empty: nothing is said of callers
   * @param control used on the scheduler only
   */
  public RegistrationClient(
      Registration registration,
      Supplier<Optional<Census>> census,
      ControlChannels control,
      Scheduler scheduler,
      RandomGenerator random,
      Watcher watcher) {
    this.registration = registration;
    this.census = census;
    this.control = control;
    this.scheduler = scheduler;
    this.random = random;
    this.watcher = watcher;
    this.next = new NextTurn(scheduler, this::heartbeat);
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
          if (wish != State.GONE && wish != state && !(retired && state == State.READY)) {
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

  /**
   * Advertises the workload no longer, if it ever did; also if nobody answered that. Any thread.
   */
  public void withdraw() {
    scheduler.execute(this::withdrawn);
  }

  /**
   * Does so for good: the workload is not advertised again.
   *
   * @param unknown is told on the scheduler if control does not advertise the workload; else the
   *     watcher is told when control has taken the lame duck
   */
  public void retire(Runnable unknown) {
    scheduler.execute(
        () -> {
          retired = true;
          withdrawn();
          if (!advertised) {
            unknown.run();
          }
        });
  }

  private void withdrawn() {
    if (wish == State.GONE) {
      return;
    }
    if (advertised) {
      wish = State.LAME_DUCK;
      heartbeat();
    } else if (wish == State.READY) {
      wish = null; // never sent
      next.cancel();
    }
  }

  /** Sends the status, over a new stream where there is none. */
  private void heartbeat() {
    next.cancel();
    var state = wish;
    if (state == null) {
      return;
    }
    if (attached == null && state == State.GONE) {
      return; // the lease ends by itself
    }
    next.in(HEARTBEAT);
    try {
      send(state);
    } catch (RuntimeException e) {
      broken(attached, Status.fromThrowable(e));
    }
  }

  private void send(State state) {
    if (attached == null) {
      attached = new Attached();
      attached.open(control.get(server));
    }
    if (attached.unanswered() >= MAX_UNANSWERED) {
      var silent = Status.UNAVAILABLE.withDescription("control does not answer");
      throw silent.asRuntimeException();
    }
    advertised |= state == State.READY;
    attached.send(state);
  }

  private void answered(Attached stream, int number, Lease lease) {
    if (stream != attached) {
      return;
    }
    var state = stream.answeredBy(number);
    attempts = 0;
    if (!lease.error().isEmpty()) {
      stream.told = Optional.empty(); // it went with the status
    }
    if (state != State.READY && lease.error().isEmpty() && !stream.awaits(State.READY)) {
      advertised = false;
    }
    if (state == null || state != wish || stream.awaitsOtherThan(state)) {
      return; // out of date
    }
    if (lease.error().isEmpty()) {
      watcher.registered(state);
    } else {
      watcher.refused(lease.error());
    }
  }

  private void broken(@Nullable Attached stream, Status status) {
    if (stream != attached) {
      return;
    }
    attached = null;
    next.cancel();
    if (stream != null) {
      stream.cancel();
    }
    if (wish == State.GONE) {
      return;
    }
    if (status.getCode() == Status.Code.UNAUTHENTICATED) {
      control.renew(server);
    }
    server++;
    next.in(backOff());
    watcher.lost(reason(status));
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
    private final ArrayDeque<State> sent = new ArrayDeque<>();
    private Optional<Census> told = Optional.empty();
    private int taken;
    private int answers; // of gRPC's threads; so many were counted, even if not all were taken

    void open(Channel channel) {
      var options = CallOptions.DEFAULT;
      ClientCalls.asyncBidiStreamingCall(channel.newCall(AttachCall.METHOD, options), this);
    }

    void send(State state) {
      if (requests != null) {
        sent.add(state);
        requests.onNext(new StatusMessage(registration, state, news()));
      }
    }

    /** A census goes out when it says something that was not said on this stream. */
    private Optional<Census> news() {
      var now = census.get();
      var news = now.filter(found -> told.filter(found::sameAs).isEmpty());
      told = now.or(() -> told);
      return news;
    }

    int unanswered() {
      return sent.size();
    }

    /** What control has answered with its answer of this number; they come in order. */
    @Nullable State answeredBy(int number) {
      State state = null;
      for (; taken < number; taken++) {
        state = sent.poll();
      }
      return state;
    }

    boolean awaits(State state) {
      return sent.contains(state);
    }

    boolean awaitsOtherThan(State state) {
      return sent.stream().anyMatch(other -> other != state);
    }

    void cancel() {
      if (requests != null) {
        requests.cancel("the stream is given up", null);
      }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<StatusMessage> requests) {
      this.requests = requests;
    }

    @Override
    public void onNext(Lease lease) {
      var number = ++answers;
      tell(() -> answered(this, number, lease));
    }

    @Override
    public void onError(Throwable failure) {
      var status = Status.fromThrowable(failure);
      tell(() -> broken(this, status));
    }

    @Override
    public void onCompleted() {
      tell(() -> broken(this, Status.UNAVAILABLE.withDescription("control ended the stream")));
    }

    private void tell(Runnable what) {
      try {
        scheduler.execute(what);
      } catch (RejectedExecutionException e) {
        LOG.debug("the scheduler ended first", e);
      }
    }
  }
}
