package dev.ondine.proxy.discovery;

import dev.ondine.base.time.Scheduler;
import dev.ondine.model.DemandKey;
import dev.ondine.model.ServiceState;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * The services that this sidecar knows, and how to come to know another one.
 *
 * <p>Every method may be called on any thread and none blocks.
 */
public interface Services {
  /** The {@code remaining} of a caller that set no deadline. */
  Duration NO_DEADLINE = Duration.ofNanos(Long.MAX_VALUE);

  /**
   * What is known of a name now. Takes no lock; does not count as a use and asks for nothing.
   *
   * <p>Only {@link ServiceState.Unknown} and {@link ServiceState.Requested} are worth an {@link
   * #await}; all others are answers.
   */
  ServiceState get(DemandKey key);

  /**
   * Demands a name and waits for it; callers that wait for the same name share one subscription.
   *
   * @param remaining time left until the caller's own deadline, or {@link #NO_DEADLINE}; the wait
   *     also ends after {@link DiscoverySettings#maxWait()}
   * @param loop where {@code then} is called
   * @param then told the outcome exactly once, never before this method has returned, and not at
   *     all after {@link Waiter#cancel()} on {@code loop}
   */
  Waiter await(DemandKey key, Duration remaining, Scheduler loop, Consumer<Outcome> then);

  /**
   * False when the stream to control has been down for longer than a caller would wait: a new name
   * cannot be learnt now, and what may lie outside the mesh had better go there.
   */
  boolean reachable();

  /**
   * Counts an exchange or a connection on a name: while it lasts the name is not forgotten. Call it
   * once the state is {@link ServiceState.Serving}; the fast path, without a lock.
   */
  Use use(DemandKey key);

  /**
   * Reports that no connection to an endpoint of this name could be made. Repeated reports make the
   * name {@link ServiceState.Resync}: what we know may be stale.
   */
  void connectFailed(DemandKey key);

  /** Somebody who waits for a name. */
  interface Waiter {
    /** The caller left: it is forgotten. Does nothing once the outcome was told. */
    void cancel();
  }

  /** An exchange or connection that keeps a name. */
  interface Use {
    /** The exchange or connection ended; call it exactly once, on any thread. */
    void release();
  }
}
