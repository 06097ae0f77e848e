package dev.ondine.proxy.tcp;

import dev.ondine.proxy.endpoint.EndpointConnector;
import dev.ondine.proxy.endpoint.OwnPorts;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.tls.Inside;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.TcpConnector;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Connects a session to the first of its candidates that answers, and relays. Nothing was sent
 * before, so that trying another one is always safe. Confined to the session's loop.
 */
final class Connecting implements TcpConnector.Attempt {
  /** For endpoints that control chose: a workload may well call its own service. */
  static final OwnPorts ANYWHERE = new OwnPorts(Set.of());

  private final Session session;
  private final Candidates candidates;
  private final EndpointConnector connector;
  private final Duration timeout;
  private final OwnPorts ownPorts;
  private @Nullable Failure failure;

  private Connecting(
      Session session,
      Candidates candidates,
      EndpointConnector connector,
      Duration timeout,
      OwnPorts ownPorts) {
    this.session = session;
    this.candidates = candidates;
    this.connector = connector;
    this.timeout = timeout;
    this.ownPorts = ownPorts;
  }

  /**
   * Begins.
   *
   * @param timeout for each candidate
   * @param ownPorts where nothing may go, because it would come round for ever
   */
  static void start(
      Session session,
      Candidates candidates,
      EndpointConnector connector,
      Duration timeout,
      OwnPorts ownPorts) {
    session.onEnd(candidates::ended);
    new Connecting(session, candidates, connector, timeout, ownPorts).next();
  }

  private void next() {
    var endpoint = candidates.next();
    if (endpoint == null) {
      if (failure == null) {
        session.refuse(Reason.NO_ENDPOINTS, "no endpoint serves");
      } else {
        session.refuse(failure.reason(), failure.detail());
      }
    } else if (ownPorts.lead(endpoint.host(), endpoint.port())) {
      session.refuse(Reason.LOOP, endpoint.authority() + " is this sidecar itself");
    } else {
      session.info().trying(endpoint);
      connector
          .towards(session.info().target(), endpoint, Inside.TCP)
          .connect(session.loop(), endpoint, timeout, this);
    }
  }

  @Override
  public void connected(Connection upstream) {
    upstream.proven().ifPresent(session.info()::answersAs);
    session.relay(upstream); // closes it when the client left meanwhile
  }

  @Override
  public void failed(Failure why) {
    failure = why;
    candidates.failed();
    if (session.isOpen()) {
      next();
    }
  }
}
