package dev.ondine.proxy.resilience;

import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.ForwardingExchange;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpLayer;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.LocalReply;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.ResponseHead;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tries a request a second time where that is safe, before the client has seen anything of the
 * first.
 *
 * <p>Safe is what was certainly not acted upon, whatever the method; and, after a reset, methods
 * that may be repeated (RFC 9110, section 9.2.2). An interim answer that went to the client counts
 * as seen: after it there is no second try, which might send it again. The body must fit in the
 * replay buffer. One for each loop.
 */
public final class Retries implements HttpLayer {
  private static final int UNAVAILABLE = 503;

  private static final String GRPC_UNAVAILABLE = Integer.toString(Reason.NO_ENDPOINTS.grpcStatus());

  private final boolean outbound;
  private final Consumer<HttpExchange> connectFailed;
  private final UncommittedAnswers uncommitted = new UncommittedAnswers();

  private Retries(boolean outbound, Consumer<HttpExchange> connectFailed) {
    this.outbound = outbound;
    this.connectFailed = connectFailed;
  }

  /**
   * Tries other endpoints, and believes their sidecars when they say that a workload saw nothing.
   *
   * @param connectFailed told of each endpoint that could not be connected to
   */
  public static Retries outbound(Consumer<HttpExchange> connectFailed) {
    return new Retries(true, connectFailed);
  }

  /** Tries the workload once more: it may have closed an idle connection just then. */
  public static Retries inbound() {
    return new Retries(false, _ -> {});
  }

  @Override
  public HttpService around(HttpService next) {
    return exchange -> {
      var body = exchange.requestBody();
      if (body.length() == 0 || exchange.request().isTunnel()) { // no byte leaves before it opens
        next.serve(new Try(exchange, next, true, null));
      } else if (body.length() > ReplayBody.MAX_BYTES) {
        next.serve(new Try(exchange, next, false, null)); // never a second time
      } else {
        var replay = new ReplayBody(body);
        exchange.onEnd(_ -> replay.release());
        next.serve(new Try(exchange, next, true, replay));
      }
    };
  }

  private final class Try extends ForwardingExchange {
    private final HttpService next;
    private final boolean first;
    private final @Nullable ReplayBody replay;
    private final BodyStream body;
    private boolean live = true;
    private boolean informed;

    Try(HttpExchange above, HttpService next, boolean first, @Nullable ReplayBody replay) {
      super(above);
      this.next = next;
      this.first = first;
      this.replay = replay;
      this.body = replay == null ? above.requestBody() : replay.view();
    }

    @Override
    public BodyStream requestBody() {
      return body;
    }

    @Override
    public boolean isOpen() {
      return live && above.isOpen();
    }

    @Override
    public void inform(ResponseHead interim) {
      if (live) {
        informed = true;
        above.inform(interim);
      }
    }

    @Override
    public void respond(ResponseHead head, BodyStream answer) {
      if (!live) {
        answer.cancel();
        return;
      }
      if (above.request().isOpenedBy(head.status())) {
        live = false; // never again: the two ends have begun to talk
        above.respond(head, answer);
        return;
      }
      if (outbound && head.headers().contains(LocalReply.NOT_SENT_HEADER)) {
        if (isSidecars() && isUnavailable(head) && mayTryAgain()) {
          live = false;
          answer.cancel();
          tryAgain();
          return;
        }
        head.headers().remove(LocalReply.NOT_SENT_HEADER); // between sidecars only
      }
      if (outbound
          && isSidecars()
          && tellsOfReset(head)
          && isIdempotent(above.request().method())
          && mayTryAgain()) {
        live = false;
        answer.cancel();
        tryAgain();
        return;
      }
      if (outbound
          && answer.length() != 0
          && !isEventStream(head)
          && isIdempotent(above.request().method())
          && mayTryAgain()) {
        uncommitted.hold(answer, above.loop(), new Answered(head));
        return;
      }
      live = false;
      above.respond(head, answer);
    }

    /** An answer that nothing was seen of yet. */
    private final class Answered implements UncommittedAnswers.Outcome {
      private final ResponseHead head;

      Answered(ResponseHead head) {
        this.head = head;
      }

      @Override
      public void commit(BodyStream body) {
        live = false;
        if (above.isOpen()) {
          above.respond(head, body);
        } else {
          body.cancel(); // the client has left
        }
      }

      @Override
      public void takeBack(Failure failure) {
        fail(failure);
      }
    }

    @Override
    public void fail(Failure failure) {
      if (!live) {
        return;
      }
      live = false;
      if (isConnectFailure(failure)) {
        connectFailed.accept(above);
      }
      if (isSafe(failure) && mayTryAgain()) {
        tryAgain();
      } else {
        above.fail(failure);
      }
    }

    /** A workload without a sidecar may not speak for one: what it says may be a lie. */
    private boolean isSidecars() {
      var endpoint = info().endpoint();
      return endpoint != null && endpoint.sidecar();
    }

    private boolean mayTryAgain() {
      return first && !informed && above.isOpen() && (replay == null || replay.isComplete());
    }

    private boolean isSafe(Failure failure) {
      var brokenConnection = isConnectFailure(failure) || failure.reason() == Reason.UPSTREAM_RESET;
      return brokenConnection
          && (failure.delivery() == Failure.Delivery.NOT_SENT
              || isIdempotent(above.request().method()));
    }

    private static boolean isConnectFailure(Failure failure) {
      return failure.reason() == Reason.UPSTREAM_CONNECT_FAILURE
          || failure.reason() == Reason.TLS_FAILED;
    }

    private void tryAgain() {
      next.serve(new Try(above, next, false, replay));
    }
  }

  /** Whoever claims that nothing was sent must not have answered. */
  private static boolean isUnavailable(ResponseHead head) {
    return head.status() == UNAVAILABLE
        || head.status() == Reason.UPSTREAM_RESET.status()
        || GRPC_UNAVAILABLE.equals(head.headers().get("grpc-status"));
  }

  /** The callee's sidecar lost its workload: as if the workload had been reset under our hands. */
  private static boolean tellsOfReset(ResponseHead head) {
    return head.status() == Reason.UPSTREAM_RESET.status()
        && Reason.UPSTREAM_RESET.text().equals(head.headers().get(LocalReply.REASON_HEADER));
  }

  /** Begins when something happens; its client waits for the head alone. */
  private static boolean isEventStream(ResponseHead head) {
    var type = head.headers().get("content-type");
    return type != null && type.startsWith("text/event-stream");
  }

  private static boolean isIdempotent(String method) {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS", "PUT", "DELETE" -> true;
      default -> false;
    };
  }
}
