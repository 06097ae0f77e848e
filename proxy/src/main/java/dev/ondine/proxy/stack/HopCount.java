package dev.ondine.proxy.stack;

import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpLayer;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.Reason;
import org.jspecify.annotations.Nullable;

/**
 * Counts, in a header, how often a request has left the mesh, and ends one that comes round and
 * round.
 *
 * <p>A sidecar knows its own addresses, but not those by which others lead back to it: NAT, a
 * forwarded port, a proxy. Such a request would take connections, one for each round, until there
 * are none.
 */
final class HopCount implements HttpLayer {
  /** The header. */
  static final String HEADER = "x-ondine-hops";

  private static final int DIGITS = 4;

  private final int max;

  /** Makes the layer that all loops share; beyond {@code max} it is a loop. */
  HopCount(int max) {
    this.max = max;
  }

  @Override
  public HttpService around(HttpService next) {
    return exchange -> {
      if (exchange.info().target() == null) {
        leaving(exchange, next);
      } else {
        next.serve(exchange); // control chooses where it goes, and there it is for the workload
      }
    };
  }

  private void leaving(HttpExchange exchange, HttpService next) {
    var headers = exchange.request().headers();
    var hops = parse(headers.get(HEADER)) + 1;
    if (hops > max) {
      exchange.fail(
          Failure.notSent(
              Reason.LOOP, "it has left the mesh " + max + " times, and comes back each time"));
      return;
    }
    headers.set(HEADER, Integer.toString(hops));
    next.serve(exchange);
  }

  /** What is no count was not written by a sidecar, so that this is the first. */
  private static int parse(@Nullable String text) {
    return text != null
            && !text.isEmpty()
            && text.length() <= DIGITS
            && text.chars().allMatch(c -> c >= '0' && c <= '9')
        ? Integer.parseInt(text)
        : 0;
  }
}
