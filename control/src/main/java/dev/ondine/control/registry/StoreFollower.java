package dev.ondine.control.registry;

import dev.ondine.control.store.CompactedException;
import dev.ondine.control.store.Event;
import dev.ondine.control.store.Store;
import dev.ondine.control.store.StoreException;
import dev.ondine.control.store.Watch;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps holdings equal to the store, by its events. Confined to one thread. */
final class StoreFollower implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreFollower.class);

  private final Store store;
  private Holdings holdings;
  private Watch watch;

  /** Reads all that is there. */
  StoreFollower(Store store) {
    this.store = store;
    this.holdings = Holdings.of(store.range(""));
    this.watch = store.watch("", holdings.revision() + 1);
  }

  /** What the store had when last caught up with. */
  Holdings holdings() {
    return holdings;
  }

  /** Takes in everything that the store did up to now; the services that this may have changed. */
  Set<ServiceKey> catchUp() throws InterruptedException {
    var services = new HashSet<ServiceKey>();
    var events = new ArrayList<Event>();
    var reached = holdings.revision();
    try {
      while (reached < store.revision()) {
        var next = watch.next(); // does not wait: there is something
        if (next.isEmpty()) {
          throw new StoreException("the store is closed");
        }
        events.addAll(next);
        reached = next.getLast().revision();
      }
    } catch (CompactedException e) {
      LOG.warn("the store forgot changes before they were read, reading all of it: {}", text(e));
      return startAgain();
    }
    if (!events.isEmpty()) {
      var step = holdings.after(events, reached);
      holdings = step.holdings();
      services.addAll(step.services());
    }
    return services;
  }

  private Set<ServiceKey> startAgain() {
    watch.close();
    var services = holdings.services();
    holdings = Holdings.of(store.range(""));
    watch = store.watch("", holdings.revision() + 1);
    services.addAll(holdings.services());
    return services;
  }

  private static String text(StoreException failure) {
    return String.valueOf(failure.getMessage());
  }

  @Override
  public void close() {
    watch.close();
  }
}
