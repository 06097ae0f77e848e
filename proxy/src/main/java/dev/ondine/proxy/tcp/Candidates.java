package dev.ondine.proxy.tcp;

import dev.ondine.model.Endpoint;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The endpoints that one session may be relayed to, best first. Confined to its loop. */
interface Candidates {
  /** The next one to try, or null when there is no other. */
  @Nullable Endpoint next();

  /** The one given last cannot be connected to. */
  void failed();

  /** The connection to the one given last is over. */
  void ended();

  /** These, in this order. */
  static Candidates of(List<Endpoint> endpoints) {
    return new InOrder(endpoints.iterator());
  }

  /** Endpoints that nobody counts. */
  record InOrder(Iterator<Endpoint> endpoints) implements Candidates {
    @Override
    public @Nullable Endpoint next() {
      return endpoints.hasNext() ? endpoints.next() : null;
    }

    @Override
    public void failed() {}

    @Override
    public void ended() {}
  }
}
