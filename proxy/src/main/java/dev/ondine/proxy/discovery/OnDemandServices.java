package dev.ondine.proxy.discovery;

import dev.ondine.model.DemandKey;
import dev.ondine.model.ServiceState.Denied;
import dev.ondine.model.ServiceState.Missing;
import dev.ondine.model.ServiceState.Requested;
import dev.ondine.model.ServiceState.Serving;
import dev.ondine.model.ServiceState.Unknown;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpLayer;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.LocalReply;
import dev.ondine.proxy.http.Reason;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Parks a request for a service that this sidecar has not met until the control plane answers.
 *
 * <p>Below this layer the exchange has its bundle, or none: then it goes where the caller meant to
 * go, outside the mesh.
 */
public final class OnDemandServices implements HttpLayer {
  private static final int AUTHORITIES = 4_096;

  private final Services services;
  private final String namespace;
  private final Duration maxWait;
  private final HeldBodies heldBodies;

  /** The keys of authorities that led to a service, so that a warm request parses no name. */
  private final ConcurrentMap<String, DemandKey> keys = new ConcurrentHashMap<>();

  /** Makes the one layer that all loops share; {@code namespace} is the sidecar's own. */
  public OnDemandServices(Services services, String namespace, DiscoverySettings settings) {
    this.services = services;
    this.namespace = namespace;
    this.maxWait = settings.maxWait();
    this.heldBodies = new HeldBodies(settings.heldBytes());
  }

  @Override
  public HttpService around(HttpService next) {
    return exchange -> {
      var known = isForOrigin(exchange) ? null : keys.get(exchange.authority());
      if (known != null && services.get(known) instanceof Serving state) {
        serve(exchange, state, next); // all but the first request
      } else {
        discover(exchange, next);
      }
    };
  }

  private void discover(HttpExchange exchange, HttpService next) {
    var original = exchange.connection().originalDestination();
    var destination =
        isForOrigin(exchange)
            ? Destination.ofConnection(original)
            : Destination.of(exchange.authority(), original, namespace);
    switch (destination) {
      case Destination.Mesh(var key) -> demand(new Held(exchange, next, false), key);
      case Destination.Either(var key) -> demand(new Held(exchange, next, true), key);
      case Destination.Outside _ -> next.serve(exchange);
    }
  }

  /** A CONNECT to a proxy somewhere names what it wants of that proxy, not the proxy itself. */
  private static boolean isForOrigin(HttpExchange exchange) {
    return exchange.request().isConnect() && !exchange.tunnelEndsHere();
  }

  private void demand(Held held, DemandKey key) {
    held.exchange.info().demanded(key);
    switch (services.get(key)) {
      case Serving state -> held.resume(new Outcome.Found(state));
      case Missing _ -> held.resume(new Outcome.Missing(key));
      case Denied(var _, var reason) -> held.resume(new Outcome.Denied(key, reason));
      case Unknown _, Requested _ -> held.await(key);
    }
  }

  /** The fast path: no lock, no wait. */
  private void serve(HttpExchange exchange, Serving state, HttpService next) {
    var key = state.key();
    var use = services.use(key);
    exchange.onEnd(_ -> use.release());
    exchange.info().demanded(key);
    exchange.info().pinned(state.bundle());
    next.serve(exchange);
  }

  private void remember(String authority, DemandKey key) {
    // What a virtual IP leads to depends on the connection, not on the authority.
    if (key instanceof DemandKey.Name) {
      if (keys.size() >= AUTHORITIES) {
        keys.clear();
      }
      keys.put(authority, key);
    }
  }

  /** A request on its way through discovery. */
  private final class Held {
    private final HttpExchange exchange;
    private final HttpService next;
    private final boolean perhapsOutside;
    private long ahead;
    private long since;

    Held(HttpExchange exchange, HttpService next, boolean perhapsOutside) {
      this.exchange = exchange;
      this.next = next;
      this.perhapsOutside = perhapsOutside;
    }

    void await(DemandKey key) {
      if (perhapsOutside && !services.reachable()) {
        next.serve(exchange);
        return;
      }
      ahead = heldBodies.hold(exchange.requestBody());
      if (ahead < 0) {
        resume(new Outcome.GaveUp(key, Outcome.Why.OVERFLOW));
        return;
      }
      since = exchange.loop().ticker().nanos();
      var waiter = services.await(key, remaining(), exchange.loop(), this::told);
      exchange.onAbort(
          () -> {
            waiter.cancel();
            release();
          });
    }

    /** What may lie outside is never held until control is back. */
    private Duration remaining() {
      var remaining = exchange.remaining();
      return perhapsOutside && remaining.compareTo(maxWait) > 0 ? maxWait : remaining;
    }

    private void release() {
      heldBodies.release(ahead);
      ahead = 0; // the client may leave after it was told, too
    }

    private void told(Outcome outcome) {
      release();
      exchange.info().waitedForDiscovery(exchange.loop().ticker().nanos() - since);
      if (exchange.isOpen()) { // else the client left while we waited
        resume(outcome);
      }
    }

    private void resume(Outcome outcome) {
      switch (outcome) {
        case Outcome.Found(var state) -> {
          remember(exchange.authority(), state.key());
          serve(exchange, state, next);
        }
        case Outcome.Missing(var key) ->
            outsideOr(Reason.NO_SUCH_SERVICE, "no service " + key.wire());
        case Outcome.Denied(var key, var why) ->
            exchange.reply(LocalReply.of(Reason.NOT_PERMITTED, key.wire() + ": " + why));
        case Outcome.GaveUp(var key, var why) -> gaveUp(key, why);
      }
    }

    private void gaveUp(DemandKey key, Outcome.Why why) {
      switch (why) {
        case TIMEOUT -> {
          if (exchange.remaining().isZero()) {
            exchange.reply(
                LocalReply.of(
                    Reason.DEADLINE_EXCEEDED,
                    "control had not answered for " + key.wire() + " before the deadline"));
          } else {
            outsideOr(Reason.DISCOVERY_TIMEOUT, "control has not answered for " + key.wire());
          }
        }
        case OVERFLOW ->
            outsideOr(Reason.DISCOVERY_OVERFLOW, "too many requests wait, here for " + key.wire());
        case CAPACITY ->
            exchange.reply(
                LocalReply.of(
                    Reason.DISCOVERY_CAPACITY, "all slots are in use, none for " + key.wire()));
      }
    }

    private void outsideOr(Reason reason, String detail) {
      if (perhapsOutside) {
        next.serve(exchange);
      } else {
        exchange.reply(LocalReply.of(reason, detail));
      }
    }
  }
}
