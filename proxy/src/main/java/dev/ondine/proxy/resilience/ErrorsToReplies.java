package dev.ondine.proxy.resilience;

import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.ForwardingExchange;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpLayer;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.LocalReply;
import dev.ondine.proxy.http.Reason;

/** Makes of every failure below it one well-formed reply with a reason: here, and only here. */
public final class ErrorsToReplies implements HttpLayer {
  private final boolean inbound;

  /**
   * Makes the layer of one direction.
   *
   * @param direction inbound replies say that the workload saw nothing, where that is certain
   */
  public ErrorsToReplies(Direction direction) {
    this.inbound = direction == Direction.INBOUND;
  }

  @Override
  public HttpService around(HttpService next) {
    return exchange -> next.serve(new Replying(exchange, inbound));
  }

  private static final class Replying extends ForwardingExchange {
    private static final int UNAVAILABLE = 503;

    private final boolean inbound;

    Replying(HttpExchange above, boolean inbound) {
      super(above);
      this.inbound = inbound;
    }

    @Override
    public void fail(Failure failure) {
      if (!above.isOpen()) {
        return; // the client has left, or has its answer
      }
      var notSent =
          inbound
              && failure.delivery() == Failure.Delivery.NOT_SENT
              && mayDifferElsewhere(failure.reason());
      above.reply(new LocalReply(failure.reason(), notSent, failure.detail()));
    }

    /** What is the request's own fault fails with every other instance, too. */
    private static boolean mayDifferElsewhere(Reason reason) {
      return reason.status() == UNAVAILABLE || reason == Reason.UPSTREAM_RESET;
    }
  }
}
