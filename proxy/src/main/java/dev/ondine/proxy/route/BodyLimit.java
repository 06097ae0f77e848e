package dev.ondine.proxy.route;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.EndableExchange;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpLayer;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.Reason;

/**
 * Refuses requests whose body is longer than their route allows: at once if the head says so, else
 * when it turns out, which breaks off what was under way. What goes through a tunnel is no body; a
 * stream of gRPC messages is one.
 */
public final class BodyLimit implements HttpLayer {
  private final long standard;

  /**
   * Makes the layer that all loops share.
   *
   * @param standard for routes that say nothing; 0: any length
   */
  public BodyLimit(long standard) {
    this.standard = standard;
  }

  @Override
  public HttpService around(HttpService next) {
    return exchange -> {
      var limit = limit(exchange);
      var length = exchange.requestBody().length();
      if (limit == 0
          || exchange.request().isTunnel()
          || (length != BodyStream.UNKNOWN && length <= limit)) {
        next.serve(exchange);
      } else if (length > limit) {
        exchange.fail(Failure.notSent(Reason.PAYLOAD_TOO_LARGE, detail(limit)));
      } else {
        next.serve(new Counted(exchange, limit));
      }
    };
  }

  private long limit(HttpExchange exchange) {
    var route = exchange.info().route();
    return route == null ? standard : route.maxRequestBodyBytes().orElse(standard);
  }

  private static String detail(long limit) {
    return "the body is longer than " + limit + " bytes";
  }

  /** A request of which only the end says how long it is. */
  private static final class Counted extends EndableExchange implements BodyStream {
    private final long limit;
    private final BodyStream body;
    private long received;

    Counted(HttpExchange above, long limit) {
      super(above);
      this.limit = limit;
      this.body = above.requestBody();
    }

    @Override
    public BodyStream requestBody() {
      return this;
    }

    @Override
    public long length() {
      return UNKNOWN;
    }

    @Override
    public void subscribe(Receiver receiver) {
      body.subscribe(new Counting(receiver));
    }

    @Override
    public void request(long bytes) {
      body.request(bytes);
    }

    @Override
    public void cancel() {
      body.cancel();
    }

    private void tooLong() {
      body.cancel();
      // What was sent of it is no whole request, and must not look like one.
      end(Failure.perhapsSent(Reason.PAYLOAD_TOO_LARGE, detail(limit)));
    }

    /** The body on its way down. */
    private final class Counting implements Receiver {
      private final Receiver to;

      Counting(Receiver to) {
        this.to = to;
      }

      @Override
      public void data(Bytes bytes) {
        received += bytes.length();
        if (isOver()) {
          bytes.release();
        } else if (received > limit) {
          bytes.release();
          tooLong();
        } else {
          to.data(bytes);
        }
      }

      @Override
      public void end(Headers trailers) {
        if (!isOver()) {
          to.end(trailers);
        }
      }

      @Override
      public void failed(Failure failure) {
        if (!isOver()) {
          to.failed(failure);
        }
      }
    }
  }
}
