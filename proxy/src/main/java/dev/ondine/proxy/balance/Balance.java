package dev.ondine.proxy.balance;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.ForwardingExchange;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpLayer;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.LocalReply;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.ResponseHead;

/**
 * Chooses the endpoint of a try; what has no cluster passes on. A second try avoids the endpoint of
 * the first.
 */
public final class Balance implements HttpLayer {
  private final Balancers balancers;

  /** Makes the layer that all loops share. */
  public Balance(Balancers balancers) {
    this.balancers = balancers;
  }

  @Override
  public HttpService around(HttpService next) {
    return exchange -> {
      var info = exchange.info();
      var target = info.target();
      if (target == null) {
        next.serve(exchange);
        return;
      }
      var load = balancers.choose(target, info.endpoint());
      if (load == null) {
        exchange.fail(
            Failure.notSent(Reason.NO_ENDPOINTS, info.cluster() + " has no endpoint that serves"));
        return;
      }
      info.trying(load.endpoint());
      next.serve(new Try(exchange, load));
    };
  }

  /** A try, which its endpoint is busy with until it fails or the exchange ends. */
  private static final class Try extends ForwardingExchange {
    private final EndpointLoad load;
    private boolean ended;

    Try(HttpExchange above, EndpointLoad load) {
      super(above);
      this.load = load;
      load.begin();
      above.onEnd(_ -> end());
    }

    private void end() {
      if (!ended) {
        ended = true;
        load.end();
      }
    }

    @Override
    public void respond(ResponseHead head, BodyStream body) {
      if (head.headers().contains(LocalReply.NOT_SENT_HEADER)) {
        end(); // may be tried elsewhere, long before the exchange ends
      }
      above.respond(head, body);
    }

    @Override
    public void fail(Failure failure) {
      end();
      above.fail(failure);
    }
  }
}
