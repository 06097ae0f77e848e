package dev.ondine.proxy.tls;

import dev.ondine.model.InboundSecurity;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpLayer;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.Reason;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * Refuses requests of callers that have not proven who they are, where that is demanded: also on
 * connections that were accepted before it was.
 */
public final class RequireIdentity implements HttpLayer {
  private final Supplier<InboundSecurity> policy;
  private final ToIntFunction<ConnectionInfo> port;
  private final PlaintextCallers callers;
  private final ProvenCallers proven;

  /**
   * Makes the layer that all loops share.
   *
   * @param port the workload's own that a connection is for
   * @param callers told of those who need not prove anything, but could
   * @param proven told of those who have
   */
  public RequireIdentity(
      Supplier<InboundSecurity> policy,
      ToIntFunction<ConnectionInfo> port,
      PlaintextCallers callers,
      ProvenCallers proven) {
    this.policy = policy;
    this.port = port;
    this.callers = callers;
    this.proven = proven;
  }

  @Override
  public HttpService around(HttpService next) {
    return exchange -> {
      var peer = exchange.connection().peerIdentity();
      if (peer.isPresent()) {
        proven.requested(peer);
        next.serve(exchange);
      } else if (mayPass(exchange)) {
        next.serve(exchange);
      } else {
        exchange.fail(
            Failure.notSent(
                Reason.PLAINTEXT_REFUSED, "callers of this port have to prove who they are"));
      }
    };
  }

  private boolean mayPass(HttpExchange exchange) {
    var demanded = policy.get();
    var at = port.applyAsInt(exchange.connection());
    return switch (demanded.at(at)) {
      case DISABLED -> true;
      case PERMISSIVE -> {
        if (!isProbe(exchange, demanded, at)) {
          callers.requested(exchange.connection().peer(), at);
        }
        yield true;
      }
      case STRICT -> isProbe(exchange, demanded, at);
    };
  }

  private static boolean isProbe(HttpExchange exchange, InboundSecurity demanded, int at) {
    var request = exchange.request();
    return demanded.isProbe(at, request.method(), request.path());
  }
}
