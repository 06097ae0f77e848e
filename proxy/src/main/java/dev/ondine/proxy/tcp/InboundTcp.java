package dev.ondine.proxy.tcp;

import dev.ondine.model.Cluster;
import dev.ondine.model.Endpoint;
import dev.ondine.proxy.endpoint.OwnPorts;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.TcpConnector;
import java.util.List;
import java.util.function.Function;

/**
 * The whole inbound path of opaque TCP, in the order a connection meets it: from a caller to the
 * workload. All loops share one.
 */
public final class InboundTcp implements Acceptor {
  private final Sessions sessions;
  private final Function<ConnectionInfo, List<Endpoint>> workload;
  private final TcpConnector connector;
  private final OwnPorts ownPorts;

  /**
   * Makes the one path that all loops share.
   *
   * @param workload where the workload listens, for a connection to one of its ports, in the order
   *     to try; none for a port that it has not
   * @param connector that interception lets pass to the workload: {@link TcpConnector#fromLoopback}
   */
  public InboundTcp(
      Sessions sessions,
      Function<ConnectionInfo, List<Endpoint>> workload,
      TcpConnector connector,
      OwnPorts ownPorts) {
    this.sessions = sessions;
    this.workload = workload;
    this.connector = connector.forRelay();
    this.ownPorts = ownPorts;
  }

  @Override
  public void accept(Connection connection, ConnectionInfo info) {
    // Access log, metrics and a drain see it from here to its end, also when it is refused. It is
    // not read from before the workload is there.
    var session = sessions.begin(connection, info);
    var endpoints = workload.apply(info);
    if (endpoints.isEmpty()) {
      if (info.originalDestination().isEmpty()) {
        session.refuse(Reason.LOOP, "it was not redirected here: it leads to this sidecar itself");
      } else {
        session.refuse(Reason.NO_ENDPOINTS, "the workload has no such port");
      }
      return;
    }
    Connecting.start(
        session, Candidates.of(endpoints), connector, Cluster.DEFAULT_CONNECT_TIMEOUT, ownPorts);
  }
}
