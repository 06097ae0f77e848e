package dev.ondine.xds.server;

import dev.ondine.base.time.Mailbox;
import dev.ondine.xds.codec.Node;
import dev.ondine.xds.server.StreamProtocol.TooManySubscriptionsException;
import dev.ondine.xds.server.StreamSnapshot.Protocol;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open ADS stream: a mailbox that takes requests and changes in turn, and writes when the
 * socket takes more.
 *
 * <p>A change only leaves a mark here, so the publisher never waits for a slow reader, and marks do
 * not pile up: the reader is given the newest value when it reads again.
 *
 * @param <Q> the request message
 * @param <R> the response message
 */
final class AdsStream<Q, R> implements StreamObserver<Q>, DependencyIndex.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(AdsStream.class);

  /** At most one each of request, change, readiness and end wait; the rest are snapshots. */
  static final int MAILBOX_CAPACITY = 256;

  /**
   * How one of the two protocols is spoken.
   *
   * @param node the node of a request; empty where it has none
   * @param open begins to speak it with a node, for a stream that is told of changes
   */
  record Dialect<Q, R>(
      Protocol protocol,
      Function<Q, Optional<Node>> node,
      BiFunction<Node, DependencyIndex.Listener, StreamProtocol<Q, R>> open) {}

  private final long id;
  private final Dialect<Q, R> dialect;
  private final ServerCallStreamObserver<R> call;
  private final String peer;
  private final Function<Node, Optional<String>> refusal;
  private final Instant since;
  private final Runnable onEnd;
  private final Mailbox mailbox;
  private final AtomicBoolean flushDue = new AtomicBoolean();

  // Guarded by itself.
  private final Set<String> changes = new HashSet<>();

  // Confined to the mailbox.
  private @Nullable Node node;
  private @Nullable StreamProtocol<Q, R> protocol;
  private boolean ended;

  AdsStream(
      long id,
      Dialect<Q, R> dialect,
      ServerCallStreamObserver<R> call,
      String peer,
      Function<Node, Optional<String>> refusal,
      Instant since,
      Mailbox mailbox,
      Runnable onEnd) {
    this.id = id;
    this.dialect = dialect;
    this.call = call;
    this.peer = peer;
    this.refusal = refusal;
    this.since = since;
    this.mailbox = mailbox;
    this.onEnd = onEnd;
  }

  /** Begins to read; called before the call's own method returns. */
  void open() {
    call.disableAutoRequest();
    call.setOnReadyHandler(this::flushSoon);
    call.setOnCancelHandler(() -> submit(this::end));
    call.request(1);
  }

  // ---- told by gRPC and by the publisher, on their threads ----

  @Override
  public void onNext(Q request) {
    submit(() -> take(request));
  }

  @Override
  public void onError(Throwable cause) {
    submit(this::end);
  }

  @Override
  public void onCompleted() {
    submit(
        () -> {
          if (!ended) {
            call.onCompleted();
            end();
          }
        });
  }

  @Override
  public void changed(Set<String> dependencies) {
    boolean first;
    synchronized (changes) {
      first = changes.isEmpty();
      changes.addAll(dependencies);
    }
    if (first) {
      submit(this::takeChanges);
    }
  }

  /** Ends the stream with this status. */
  void close(Status status) {
    submit(() -> fail(status));
  }

  /** The stream as it is when its mailbox comes to it; empty once it has ended. */
  Optional<StreamSnapshot> snapshot() throws InterruptedException {
    var snapshot = new ArrayBlockingQueue<Optional<StreamSnapshot>>(1);
    try {
      mailbox.execute(() -> snapshot.add(ended ? Optional.empty() : Optional.of(takeSnapshot())));
    } catch (RejectedExecutionException e) {
      return Optional.empty();
    }
    return snapshot.take();
  }

  private void flushSoon() {
    if (flushDue.compareAndSet(false, true)) {
      submit(
          () -> {
            flushDue.set(false);
            guarded(this::flush);
          });
    }
  }

  private void submit(Runnable task) {
    try {
      mailbox.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("stream {} of {} has ended", id, peer);
    }
  }

  // ---- on the mailbox ----

  private void take(Q request) {
    guarded(
        () -> {
          var current = protocol;
          if (current == null) {
            var first = dialect.node().apply(request).orElse(null);
            if (first == null) {
              fail(Status.INVALID_ARGUMENT.withDescription("the first request has no node"));
              return;
            }
            var refused = refusal.apply(first);
            if (refused.isPresent()) {
              fail(Status.PERMISSION_DENIED.withDescription(refused.get()));
              return;
            }
            node = first;
            current = dialect.open().apply(first, this);
            protocol = current;
          }
          current.request(request);
          flush();
          if (!ended) {
            call.request(1);
          }
        });
  }

  private void takeChanges() {
    Set<String> changed;
    synchronized (changes) {
      changed = Set.copyOf(changes);
      changes.clear();
    }
    guarded(
        () -> {
          if (protocol != null) {
            protocol.changed(changed);
            flush();
          }
        });
  }

  private void flush() {
    if (protocol == null) {
      return;
    }
    while (!ended && call.isReady()) {
      var response = protocol.next();
      if (response == null) {
        return;
      }
      call.onNext(response);
    }
  }

  /** One stream's trouble ends that stream, with a status that says so. */
  private void guarded(Runnable step) {
    if (ended) {
      return;
    }
    try {
      step.run();
    } catch (TooManySubscriptionsException e) {
      LOG.warn("stream {} of {} is closed: {}", id, peer, e.getMessage());
      fail(Status.RESOURCE_EXHAUSTED.withDescription(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("stream {} of {} is closed", id, peer, e);
      fail(Status.INTERNAL.withDescription("the control plane failed; its log says why"));
    }
  }

  private void fail(Status status) {
    if (!ended) {
      if (!call.isCancelled()) {
        call.onError(status.asRuntimeException());
      }
      end();
    }
  }

  private void end() {
    if (ended) {
      return;
    }
    ended = true;
    if (protocol != null) {
      protocol.close();
    }
    onEnd.run();
    mailbox.close();
  }

  private StreamSnapshot takeSnapshot() {
    return new StreamSnapshot(
        id,
        dialect.protocol(),
        Optional.ofNullable(node),
        peer,
        since,
        protocol == null ? Map.of() : protocol.snapshot());
  }
}
