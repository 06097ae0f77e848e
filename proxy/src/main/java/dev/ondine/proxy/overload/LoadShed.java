package dev.ondine.proxy.overload;

import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.HttpLayer;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.Reason;

/** Refuses every request while there is no memory for it: 503 with {@code retry-after}. */
public record LoadShed(Shedding shedding) implements HttpLayer {
  @Override
  public HttpService around(HttpService next) {
    return exchange -> {
      if (shedding.sheds()) {
        shedding.shed(Shedding.Point.REQUEST);
        exchange.fail(Failure.notSent(Reason.OVERLOAD, "the sidecar is short of memory"));
      } else {
        next.serve(exchange);
      }
    };
  }
}
