package dev.ondine.proxy.resilience;

import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpLayer;
import dev.ondine.proxy.http.HttpService;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the exchanges under way on all loops: a drain waits until there are none. */
public final class InFlight implements HttpLayer {
  private final AtomicInteger active = new AtomicInteger();

  /** How many are under way; on any thread. */
  public int active() {
    return active.get();
  }

  @Override
  public HttpService around(HttpService next) {
    return exchange -> {
      active.incrementAndGet();
      exchange.onEnd(this::ended);
      next.serve(exchange);
    };
  }

  private void ended(HttpExchange exchange) {
    active.decrementAndGet();
  }
}
