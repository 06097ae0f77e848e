package dev.ondine.proxy.resilience;

import dev.ondine.base.time.Scheduler;
import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.ForwardingExchange;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpLayer;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.ResponseHead;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Breaks off an open tunnel through which nothing has moved for too long, in either direction. */
public final class IdleTunnels implements HttpLayer {
  private final Duration limit;

  /** Makes the layer that all loops share. */
  public IdleTunnels(Duration limit) {
    this.limit = limit;
  }

  @Override
  public HttpService around(HttpService next) {
    return exchange ->
        next.serve(exchange.request().isTunnel() ? new Watched(exchange, limit) : exchange);
  }

  private static final class Watched extends ForwardingExchange {
    private final Duration limit;
    private final Counted request;
    private long movedNanos;
    private Scheduler.@Nullable Timer timer;

    Watched(HttpExchange above, Duration limit) {
      super(above);
      this.limit = limit;
      this.request = new Counted(above.requestBody());
    }

    @Override
    public BodyStream requestBody() {
      return request;
    }

    @Override
    public void respond(ResponseHead head, BodyStream body) {
      if (!above.request().isOpenedBy(head.status()) || !above.isOpen()) {
        above.respond(head, body);
        return;
      }
      var answer = new Counted(body);
      movedNanos = now();
      timer = above.loop().schedule(limit, () -> check(answer));
      above.onEnd(_ -> stop());
      above.respond(head, answer);
    }

    private void check(Counted answer) {
      timer = null;
      var left = limit.minusNanos(now() - movedNanos);
      if (left.isPositive()) {
        timer = above.loop().schedule(left, () -> check(answer)); // one for all, not for each byte
      } else {
        answer.breakOff();
        request.breakOff();
      }
    }

    private void stop() {
      if (timer != null) {
        timer.cancel();
        timer = null;
      }
    }

    private long now() {
      return above.loop().ticker().nanos();
    }

    /** One direction, on its way through. */
    private final class Counted implements BodyStream, BodyStream.Receiver {
      private final BodyStream source;
      private @Nullable Receiver receiver;

      Counted(BodyStream source) {
        this.source = source;
      }

      void breakOff() {
        var to = receiver;
        receiver = null;
        if (to != null) {
          to.failed(Failure.perhapsSent(Reason.IDLE_TIMEOUT, "nothing moved through the tunnel"));
        }
        source.cancel();
      }

      @Override
      public long length() {
        return source.length();
      }

      @Override
      public void subscribe(Receiver receiver) {
        this.receiver = receiver;
        source.subscribe(this);
      }

      @Override
      public void request(long bytes) {
        source.request(bytes);
      }

      @Override
      public void cancel() {
        receiver = null;
        source.cancel();
      }

      @Override
      public void data(Bytes bytes) {
        movedNanos = now();
        if (receiver == null) {
          bytes.release();
        } else {
          receiver.data(bytes);
        }
      }

      @Override
      public void end(Headers trailers) {
        movedNanos = now();
        if (receiver != null) {
          receiver.end(trailers);
        }
      }

      @Override
      public void failed(Failure failure) {
        if (receiver != null) {
          receiver.failed(failure);
        }
      }
    }
  }
}
