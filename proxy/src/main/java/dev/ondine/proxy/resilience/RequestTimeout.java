package dev.ondine.proxy.resilience;

import dev.ondine.base.time.Scheduler;
import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Deadlines;
import dev.ondine.proxy.http.EndableExchange;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpLayer;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.ResponseHead;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Ends a request whose time is over: the route's timeout or what is left of the caller's deadline,
 * whichever comes first. All tries together share it.
 */
public final class RequestTimeout implements HttpLayer {
  private final Duration standard;

  /**
   * Makes the layer that all loops share.
   *
   * @param standard for routes that say nothing; zero: none, because streams may last for ever
   */
  public RequestTimeout(Duration standard) {
    this.standard = standard;
  }

  @Override
  public HttpService around(HttpService next) {
    return exchange -> {
      var limit = limit(exchange);
      if (limit.equals(Deadlines.NONE)) {
        next.serve(exchange);
      } else {
        var timed = new Timed(exchange);
        timed.start(limit);
        next.serve(timed);
      }
    };
  }

  private Duration limit(HttpExchange exchange) {
    var route = exchange.info().route();
    var configured = route == null ? standard : route.timeout().orElse(standard);
    var remaining = exchange.remaining();
    return configured.isZero() || configured.compareTo(remaining) > 0 ? remaining : configured;
  }

  private static final class Timed extends EndableExchange {
    private long deadline;
    private Scheduler.@Nullable Timer timer;

    Timed(HttpExchange above) {
      super(above);
    }

    void start(Duration limit) {
      deadline = above.loop().ticker().nanos() + limit.toNanos();
      timer = above.loop().schedule(limit, this::timedOut);
      above.onEnd(
          _ -> {
            over();
            stop();
          });
    }

    private void stop() {
      if (timer != null) {
        timer.cancel();
      }
    }

    private void timedOut() {
      if (!isOver()) {
        end(
            above.remaining().isZero()
                ? Failure.perhapsSent(Reason.DEADLINE_EXCEEDED, "no answer before the deadline")
                : Failure.perhapsSent(Reason.UPSTREAM_TIMEOUT, "no answer in time"));
      }
    }

    /** The route's timeout, too, is a deadline to those below. */
    @Override
    public Duration remaining() {
      return Duration.ofNanos(Math.max(0, deadline - above.loop().ticker().nanos()));
    }

    @Override
    public void respond(ResponseHead head, BodyStream body) {
      if (above.request().isOpenedBy(head.status())) {
        stop(); // a tunnel lasts as long as its ends like
      }
      super.respond(head, body);
    }
  }
}
