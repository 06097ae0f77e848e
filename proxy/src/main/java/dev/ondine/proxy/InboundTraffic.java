package dev.ondine.proxy;

import dev.ondine.proxy.endpoint.EndpointConnector;
import dev.ondine.proxy.endpoint.OwnPorts;
import dev.ondine.proxy.resilience.InFlight;
import dev.ondine.proxy.stack.InboundStack;
import dev.ondine.proxy.tcp.InboundEntrance;
import dev.ondine.proxy.tcp.InboundTcp;
import dev.ondine.proxy.tcp.Sessions;
import dev.ondine.proxy.tcp.TcpSettings;
import dev.ondine.proxy.tls.Plaintext;
import dev.ondine.proxy.tls.TransportSecurity;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.EventLoops;
import dev.ondine.proxy.transport.TcpConnector;
import java.util.random.RandomGenerator;

/** What others send to the workload: the parts of its path, and how it is drained. */
final class InboundTraffic {
  private final InFlight inFlight = new InFlight();
  private final Sessions sessions;
  private final HttpTraffic http;
  private final Acceptor entrance;

  /**
   * @param tcp that interception lets pass to the workload
   */
  InboundTraffic(
      SidecarConfig config,
      EventLoops loops,
      TcpConnector tcp,
      TransportSecurity security,
      WorkloadAddresses workload,
      OwnPorts ownPorts,
      Observers observers,
      RandomGenerator random) {
    var connector = new EndpointConnector(tcp, new Plaintext()); // it is the same machine
    sessions = observers.sessions(TcpSettings.DEFAULTS);
    var stack =
        new InboundStack(
            observers.accessLog(),
            observers.requests(),
            inFlight,
            workload::of,
            TcpSettings.DEFAULTS.relay().idle(),
            ownPorts,
            random);
    http = new HttpTraffic(loops, connector, stack::http, observers.refusals(), ownPorts, random);
    var opaque =
        new InboundTcp(sessions, info -> workload.of(info).stream().toList(), connector, ownPorts);
    entrance =
        security.accepting(
            new InboundEntrance(
                opaque,
                workload::protocol,
                config.detection(),
                TcpSettings.DEFAULTS,
                new ByProtocol(http.http1(), http.http2(), opaque),
                ByProtocol.httpOnly(http.http1(), http.http2())));
  }

  /** Serves every connection to a port of the workload. */
  Acceptor entrance() {
    return entrance;
  }

  /** Requests and connections under way. */
  int underWay() {
    return inFlight.active() + sessions.open();
  }

  /** Asks callers to go elsewhere. */
  void drain() {
    http.drain();
  }
}
