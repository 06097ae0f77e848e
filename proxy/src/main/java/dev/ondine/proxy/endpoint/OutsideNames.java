package dev.ondine.proxy.endpoint;

import dev.ondine.model.Endpoint;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpLayer;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.http.Reason;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Sends what is not for the mesh where the caller meant to go: to the original destination of its
 * connection, else to the request's authority.
 */
public final class OutsideNames implements HttpLayer {
  /** What happens to requests for names outside the mesh. */
  public enum Policy {
    PASSTHROUGH,
    DENY
  }

  private static final int DEFAULT_PORT = 80;

  private final Policy policy;
  private final OwnPorts ownPorts;

  /** Makes the layer that all loops share. */
  public OutsideNames(Policy policy, OwnPorts ownPorts) {
    this.policy = policy;
    this.ownPorts = ownPorts;
  }

  @Override
  public HttpService around(HttpService next) {
    return exchange -> {
      if (exchange.info().target() == null) {
        outside(exchange, next);
      } else {
        next.serve(exchange);
      }
    };
  }

  private void outside(HttpExchange exchange, HttpService next) {
    if (policy == Policy.DENY) {
      exchange.fail(
          Failure.notSent(
              Reason.NOT_PERMITTED,
              exchange.authority() + " is outside the mesh, which is denied"));
      return;
    }
    var original = exchange.connection().originalDestination();
    var to =
        original.isPresent()
            ? Endpoint.of(original.get().getAddress().getHostAddress(), original.get().getPort())
            : of(exchange.authority());
    // As far as is known without a look-up; what a name leads to is seen after that.
    var refused =
        OwnPorts.known(to.host())
            .map(address -> new InetSocketAddress(address, to.port()))
            .flatMap(address -> refuse(exchange, to.host(), address));
    if (refused.isPresent()) {
      exchange.fail(refused.get());
      return;
    }
    exchange.info().trying(to);
    next.serve(exchange);
  }

  private Optional<Failure> refuse(HttpExchange exchange, String host, InetSocketAddress to) {
    if (exchange.connection().originalDestination().isPresent()) {
      return ownPorts.refuse(host, to); // where the workload itself has connected to
    }
    return exchange.tunnelEndsHere()
        ? ownPorts.refuseTunnel(host, to)
        : ownPorts.refuseOutside(host, to);
  }

  private static Endpoint of(String authority) {
    var bracket = authority.indexOf(']');
    var colon = authority.indexOf(':', Math.max(bracket, 0));
    var host = colon < 0 ? authority : authority.substring(0, colon);
    var port =
        colon < 0 ? DEFAULT_PORT : Integer.parseInt(authority, colon + 1, authority.length(), 10);
    return Endpoint.of(bracket < 0 ? host : host.substring(1, bracket), port);
  }
}
