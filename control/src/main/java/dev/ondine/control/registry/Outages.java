package dev.ondine.control.registry;

import dev.ondine.base.time.Scheduler;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The services that no document declares and that have no workloads now: each is forgotten when
 * that lasts. Confined to the scheduler.
 *
 * <p>Until then it is there with an empty list of endpoints, so that a short outage of all its
 * instances is a 503 to callers, not a 404. A restart of control begins the time anew.
 */
final class Outages {
  private final Duration grace;
  private final Scheduler scheduler;
  private final Consumer<Set<ServiceKey>> forget;
  private final Map<ServiceKey, Long> since = new HashMap<>();
  private boolean scheduled;

  /**
   * @param forget what to do with those whose time is over, on the scheduler; they are offered
   *     again later when that fails
   */
  Outages(Duration grace, Scheduler scheduler, Consumer<Set<ServiceKey>> forget) {
    this.grace = grace;
    this.scheduler = scheduler;
    this.forget = forget;
  }

  /** Looks at all that is kept. */
  void look(Holdings holdings) {
    look(holdings, holdings.undeclared().keySet());
  }

  /** Looks at services that may have changed. */
  void look(Holdings holdings, Set<ServiceKey> services) {
    if (services.isEmpty()) {
      return;
    }
    var members = new Members(holdings.documents(), holdings.registrations(), services);
    for (var service : services) {
      if (holdings.undeclared().containsKey(service) && members.of(service).isEmpty()) {
        since.putIfAbsent(service, scheduler.ticker().nanos());
      } else {
        since.remove(service);
      }
    }
    schedule(grace);
  }

  private void schedule(Duration delay) {
    if (!scheduled && !since.isEmpty()) {
      scheduled = true;
      scheduler.schedule(delay, this::due);
    }
  }

  private void due() {
    scheduled = false;
    var now = scheduler.ticker().nanos();
    var over = new HashSet<ServiceKey>();
    var longest = 0L;
    for (var outage : since.entrySet()) {
      var lasted = now - outage.getValue();
      if (lasted >= grace.toNanos()) {
        over.add(outage.getKey());
      } else {
        longest = Math.max(longest, lasted);
      }
    }
    over.forEach(service -> since.put(service, now)); // until it is really gone
    schedule(grace.minusNanos(longest));
    if (!over.isEmpty()) {
      forget.accept(over);
    }
  }
}
