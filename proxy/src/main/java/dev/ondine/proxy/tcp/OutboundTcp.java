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
import java.util.Optional;

/**
 * The whole outbound path of opaque TCP, in the order a connection meets it: what is neither HTTP
 * nor read by us goes where its destination address says, or the server name of its TLS handshake.
 * All loops share one.
 */
public final class OutboundTcp implements Acceptor {
  private final String namespace;
  private final Sessions sessions;
  private final Services services;
  private final Balancers balancers;
  private final EndpointConnector connector;
  private final TcpSettings settings;
  private final OutsideNames.Policy outsideNames;
  private final OwnPorts ownPorts;
  private final HeldBytes heldBytes;

  /** Makes the one path that all loops share; {@code namespace} is the sidecar's own. */
  public OutboundTcp(
      String namespace,
      Sessions sessions,
      Services services,
      Balancers balancers,
      EndpointConnector connector,
      TcpSettings settings,
      OutsideNames.Policy outsideNames,
      OwnPorts ownPorts) {
    this.namespace = namespace;
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
    begin(sessions.begin(connection, info), Optional.empty());
  }

  /**
   * Serves a connection that begins with a ClientHello for this server; empty: for none that is
   * known.
   */
  void acceptTls(Connection connection, ConnectionInfo info, Optional<String> serverName) {
    var session = sessions.begin(connection, info);
    session.speaksTls();
    serverName.ifPresent(session.info()::named);
    begin(session, serverName);
  }

  // Access log, metrics and a drain see the session from here to its end, also when it is refused.
  // It is not read from before its endpoint is there.
  private void begin(Session session, Optional<String> serverName) {
    var destination = session.connection().originalDestination();
    if (destination.isEmpty()) {
      session.refuse(Reason.LOOP, "it was not redirected here: it leads to this sidecar itself");
      return;
    }
    var original = destination.get();
    var virtualIp = DemandKey.VirtualIp.of(original);
    if (virtualIp.isPresent()) {
      // Whatever name TLS says: the address was given for a name, and it is what policy is about.
      demand(session, virtualIp.get(), Optional.empty());
      return;
    }
    var named = serverName.flatMap(name -> DemandKey.Sni.of(name, original.getPort(), namespace));
    if (named.isEmpty()) {
      outside(session, original);
    } else if (DemandKey.isSurelyMesh(serverName.get())) {
      demand(session, named.get(), Optional.empty());
    } else if (services.reachable() || services.get(named.get()) instanceof Serving) {
      demand(session, named.get(), Optional.of(original));
    } else {
      outside(session, original); // it may well lie there, and must not wait for control
    }
  }

  // ---- a service of the mesh: the first connection to it waits here
  // ------------------------------

  /**
   * Demands it.
   *
   * @param otherwise where it goes when control knows no such service: its name may be an outside
   *     one that looks alike, such as {@code example.com}
   */
  private void demand(Session session, DemandKey key, Optional<InetSocketAddress> otherwise) {
    session.info().demanded(key);
    if (key instanceof DemandKey.VirtualIp(var ip, var _)
        && ip.equals(DemandKey.VirtualIp.REFUSED)) {
      session.refuse(Reason.NOT_PERMITTED, "its name resolved to what may not be used");
      return;
    }
    switch (services.get(key)) {
      case Serving state -> serve(session, key, state); // all but the first
      case Missing _ -> missing(session, key, otherwise);
      case Denied(var _, var why) -> denied(session, key, why);
      case Unknown _, Requested _ -> await(session, key, otherwise);
    }
  }

  private void await(Session session, DemandKey key, Optional<InetSocketAddress> otherwise) {
    if (!heldBytes.hold()) {
      gaveUp(session, key, Outcome.Why.OVERFLOW, otherwise);
      return;
    }
    Wait.start(
        session, services, key, heldBytes, outcome -> resume(session, key, outcome, otherwise));
  }

  private void resume(
      Session session, DemandKey key, Outcome outcome, Optional<InetSocketAddress> otherwise) {
    switch (outcome) {
      case Outcome.Found(var state) -> serve(session, key, state);
      case Outcome.Missing _ -> missing(session, key, otherwise);
      case Outcome.Denied(var _, var why) -> denied(session, key, why);
      case Outcome.GaveUp(var _, var why) -> gaveUp(session, key, why, otherwise);
    }
  }

  private void missing(Session session, DemandKey key, Optional<InetSocketAddress> otherwise) {
    otherwise.ifPresentOrElse(
        original -> outside(session, original),
        () -> session.refuse(Reason.NO_SUCH_SERVICE, "no service " + key.wire()));
  }

  private static void denied(Session session, DemandKey key, String why) {
    session.refuse(Reason.NOT_PERMITTED, key.wire() + ": " + why);
  }

  private void gaveUp(
      Session session, DemandKey key, Outcome.Why why, Optional<InetSocketAddress> otherwise) {
    if (otherwise.isPresent()) {
      outside(session, otherwise.get());
      return;
    }
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

  private void serve(Session session, DemandKey key, Serving state) {
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
