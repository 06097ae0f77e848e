package dev.ondine.xds.client;

import dev.ondine.base.lifecycle.Component;
import dev.ondine.base.time.Scheduler;
import dev.ondine.xds.codec.ResourceType;

/**
 * The sidecar's end of an aggregated delta xDS stream: reference-counted subscriptions by name.
 *
 * <p>Everything here happens on one thread, {@link #scheduler()}: subscribe, close and all
 * callbacks. A watcher is told the current state at once, then every change.
 */
public interface AdsClient extends Component {
  /** Begins to connect; returns before it has. */
  @Override
  void start();

  /** The thread that owns the subscriptions. */
  Scheduler scheduler();

  /** Subscribes to a name; many subscriptions to one name are one on the wire. */
  Subscription subscribe(ResourceType type, String name, ResourceWatcher watcher);

  /**
   * Runs changes of subscriptions so that they leave in one flush: one request per type, together.
   * Outside of it every change is flushed at the end of the current task anyway.
   */
  void inOneFlush(Runnable changes);

  /** Watches the stream itself; told the current state at once. */
  void onStream(StreamWatcher watcher);

  /** A wish for one resource. */
  interface Subscription {
    /** Asks the server to send the resource again, although it is known here. */
    void resync();

    /** Ends the wish; the last one for a name unsubscribes it and forgets the resource. */
    void close();
  }

  /** Told what is known of one resource. */
  @FunctionalInterface
  interface ResourceWatcher {
    /** The state is now this. */
    void changed(ResourceState state);
  }

  /** Told of the stream. */
  interface StreamWatcher {
    /** The stream is open and requests flow. */
    void up(String server);

    /** The stream is down; it is retried with jittered back-off. */
    void down(String reason);
  }
}
