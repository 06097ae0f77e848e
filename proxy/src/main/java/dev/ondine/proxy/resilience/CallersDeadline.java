package dev.ondine.proxy.resilience;

import dev.ondine.proxy.http.Deadlines;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.HttpLayer;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.Reason;

/**
 * Refuses a gRPC call whose deadline cannot be read, or has passed on arrival: nobody would wait
 * for its answer, or somebody would wait for ever.
 */
public final class CallersDeadline implements HttpLayer {
  @Override
  public HttpService around(HttpService next) {
    return exchange -> {
      var request = exchange.request();
      var timeout = request.headers().get(Deadlines.GRPC_TIMEOUT);
      if (timeout == null || !request.isGrpc()) {
        next.serve(exchange);
      } else if (!Deadlines.isGrpcTimeout(timeout)) {
        exchange.fail(
            Failure.notSent(
                Reason.BAD_REQUEST,
                "malformed grpc-timeout: it is up to eight digits and one of H, M, S, m, u, n"));
      } else if (exchange.remaining().isZero()) {
        exchange.fail(
            Failure.notSent(Reason.DEADLINE_EXCEEDED, "the deadline had passed on arrival"));
      } else {
        next.serve(exchange);
      }
    };
  }
}
