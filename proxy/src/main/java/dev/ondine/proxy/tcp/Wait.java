package dev.ondine.proxy.tcp;

import dev.ondine.model.DemandKey;
import dev.ondine.proxy.discovery.Outcome;
import dev.ondine.proxy.discovery.Services;
import java.util.function.Consumer;

/** A session's wait for discovery. Confined to its loop. */
final class Wait {
  private final Session session;
  private final HeldBytes heldBytes;
  private final Consumer<Outcome> then;
  private final long since;
  private boolean over;

  private Wait(Session session, HeldBytes heldBytes, Consumer<Outcome> then) {
    this.session = session;
    this.heldBytes = heldBytes;
    this.then = then;
    this.since = session.loop().ticker().nanos();
  }

  /**
   * Begins; it ends after the wait that discovery allows, or when the client breaks off.
   *
   * @param heldBytes holds this session's, and is given them back
   * @param then told the outcome, unless the client left
   */
  static void start(
      Session session,
      Services services,
      DemandKey key,
      HeldBytes heldBytes,
      Consumer<Outcome> then) {
    var wait = new Wait(session, heldBytes, then);
    var waiter = services.await(key, Services.NO_DEADLINE, session.loop(), wait::told);
    session.onEnd(
        () -> {
          waiter.cancel();
          wait.over();
        });
  }

  private void told(Outcome outcome) {
    over();
    session.info().waitedForDiscovery(session.loop().ticker().nanos() - since);
    if (session.isOpen()) {
      then.accept(outcome);
    }
  }

  private void over() {
    if (!over) {
      over = true;
      heldBytes.release();
    }
  }
}
