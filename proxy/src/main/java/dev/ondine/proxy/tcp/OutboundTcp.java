package dev.ondine.proxy.tcp;

import dev.ondine.model.Cluster;
import dev.ondine.model.DemandKey;
import dev.ondine.model.Endpoint;
import dev.ondine.model.ServiceState.Denied;
import dev.ondine.model.ServiceState.Missing;
import dev.ondine.model.ServiceState.Requested;
import dev.ondine.model.ServiceState.Serving;
import dev.ondine.model.ServiceState.Unknown;
import dev.ondine.proxy.balance.Balancers;
import dev.ondine.proxy.discovery.Outcome;
import dev.ondine.proxy.discovery.Services;
import dev.ondine.proxy.endpoint.EndpointConnector;
import dev.ondine.proxy.endpoint.OutsideNames;
import dev.ondine.proxy.endpoint.OwnPorts;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.Connection;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * The whole outbound path of opaque TCP, in the order a connection meets it: what is neither HTTP
 * nor read by us goes where its destination address says. All loops share one.
 */
public final class OutboundTcp implements Acceptor {
  private final Sessions sessions;
  private final Services services;
  private final Balancers balancers;
  private final EndpointConnector connector;
  private final TcpSettings settings;
  private final OutsideNames.Policy outsideNames;
  private final OwnPorts ownPorts;
  private final HeldBytes heldBytes;

  /** Makes the one path that all loops share. */
  public OutboundTcp(
      Sessions sessions,
      Services services,
      Balancers balancers,
      EndpointConnector connector,
      TcpSettings settings,
      OutsideNames.Policy outsideNames,
      OwnPorts ownPorts) {
    this.sessions = sessions;
    this.services = services;
    this.balancers = balancers;
    this.connector = connector.forRelay();
    this.settings = settings;
    this.outsideNames = outsideNames;
    this.ownPorts = ownPorts;
    this.heldBytes = new HeldBytes(settings.heldBytes());
  }

  @Override
  public void accept(Connection connection, ConnectionInfo info) {
    // Access log, metrics and a drain see it from here to its end, also when it is refused. It is
    // not read from before its endpoint is there.
    var session = sessions.begin(connection, info);
    var original = info.originalDestination();
    if (original.isEmpty()) {
      session.refuse(Reason.LOOP, "it was not redirected here: it leads to this sidecar itself");
      return;
    }
    DemandKey.VirtualIp.of(original.get())
        .ifPresentOrElse(key -> demand(session, key), () -> outside(session, original.get()));
  }

  // ---- a service of the mesh: the first connection to it waits here
  // ------------------------------

  private void demand(Session session, DemandKey.VirtualIp key) {
    session.info().demanded(key);
    if (key.ip().equals(DemandKey.VirtualIp.REFUSED)) {
      session.refuse(Reason.NOT_PERMITTED, "its name resolved to what may not be used");
      return;
    }
    switch (services.get(key)) {
      case Serving state -> serve(session, key, state); // all but the first
      case Missing _ -> missing(session, key);
      case Denied(var _, var why) -> denied(session, key, why);
      case Unknown _, Requested _ -> await(session, key);
    }
  }

  private void await(Session session, DemandKey.VirtualIp key) {
    if (!heldBytes.hold()) {
      session.refuse(
          Reason.DISCOVERY_OVERFLOW, "too many connections wait, here for " + key.wire());
      return;
    }
    Wait.start(session, services, key, heldBytes, outcome -> resume(session, key, outcome));
  }

  private void resume(Session session, DemandKey.VirtualIp key, Outcome outcome) {
    switch (outcome) {
      case Outcome.Found(var state) -> serve(session, key, state);
      case Outcome.Missing _ -> missing(session, key);
      case Outcome.Denied(var _, var why) -> denied(session, key, why);
      case Outcome.GaveUp(var _, var why) -> gaveUp(session, key, why);
    }
  }

  private static void missing(Session session, DemandKey key) {
    session.refuse(Reason.NO_SUCH_SERVICE, "no service " + key.wire());
  }

  private static void denied(Session session, DemandKey key, String why) {
    session.refuse(Reason.NOT_PERMITTED, key.wire() + ": " + why);
  }

  private static void gaveUp(Session session, DemandKey key, Outcome.Why why) {
    switch (why) {
      case TIMEOUT ->
          session.refuse(Reason.DISCOVERY_TIMEOUT, "control has not answered for " + key.wire());
      case OVERFLOW ->
          session.refuse(
              Reason.DISCOVERY_OVERFLOW, "too many connections wait, here for " + key.wire());
      case CAPACITY ->
          session.refuse(Reason.DISCOVERY_CAPACITY, "all slots are in use, none for " + key.wire());
    }
  }

  private void serve(Session session, DemandKey.VirtualIp key, Serving state) {
    // While the connection lasts the name is not forgotten, and its bundle is the one of now.
    session.onEnd(services.use(key)::release);
    session.info().pinned(state.bundle());
    session.info().routed(null, state.bundle().unroutedCluster());
    var target = session.info().target();
    if (target == null) {
      session.refuse(Reason.NO_ROUTE, key.wire() + " has no cluster for what is not HTTP");
      return;
    }
    Connecting.start(
        session,
        new Balanced(services, key, balancers, target, settings.connectAttempts()),
        connector,
        target.cluster().connectTimeout(),
        Connecting.ANYWHERE);
  }

  // ---- any other address lies outside the mesh
  // ---------------------------------------------------

  private void outside(Session session, InetSocketAddress original) {
    var to = Endpoint.of(original.getAddress().getHostAddress(), original.getPort());
    if (outsideNames == OutsideNames.Policy.DENY) {
      session.refuse(
          Reason.NOT_PERMITTED, to.authority() + " is outside the mesh, which is denied");
      return;
    }
    Connecting.start(
        session, Candidates.of(List.of(to)), connector, Cluster.DEFAULT_CONNECT_TIMEOUT, ownPorts);
  }
}
