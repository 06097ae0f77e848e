package dev.ondine.proxy;

import dev.ondine.proxy.balance.Balancers;
import dev.ondine.proxy.detect.ProtocolDetector;
import dev.ondine.proxy.discovery.OnDemandServices;
import dev.ondine.proxy.discovery.Services;
import dev.ondine.proxy.endpoint.EndpointConnector;
import dev.ondine.proxy.endpoint.OwnPorts;
import dev.ondine.proxy.resilience.InFlight;
import dev.ondine.proxy.route.MatchRoute;
import dev.ondine.proxy.stack.OutboundStack;
import dev.ondine.proxy.tcp.OutboundEntrance;
import dev.ondine.proxy.tcp.OutboundTcp;
import dev.ondine.proxy.tcp.OutboundTls;
import dev.ondine.proxy.tcp.TcpSettings;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.DetectingAcceptor;
import dev.ondine.proxy.transport.EventLoops;
import java.util.random.RandomGenerator;

/** What the workload sends: the parts of its path. */
final class OutboundTraffic {
  private final Acceptor redirected;
  private final Acceptor explicit;

  /**
   * @param random thread-safe
   */
  OutboundTraffic(
      SidecarConfig config,
      EventLoops loops,
      EndpointConnector connector,
      Services services,
      OwnPorts ownPorts,
      Observers observers,
      RandomGenerator random) {
    var balancers = new Balancers(random);
    var stack =
        new OutboundStack(
            observers.accessLog(),
            observers.requests(),
            new InFlight(),
            services,
            new OnDemandServices(services, config.namespace(), config.discovery()),
            new MatchRoute(random),
            balancers,
            config.requestTimeout(),
            TcpSettings.DEFAULTS.relay().idle(),
            config.outside(),
            ownPorts,
            random);
    var http =
        new HttpTraffic(loops, connector, stack::http, observers.refusals(), ownPorts, random);
    var opaque =
        new OutboundTcp(
            config.namespace(),
            observers.sessions(TcpSettings.DEFAULTS),
            services,
            balancers,
            connector,
            TcpSettings.DEFAULTS,
            config.outside(),
            ownPorts);
    var tls = new OutboundTls(opaque, observers.connections(), TcpSettings.DEFAULTS);
    redirected =
        new OutboundEntrance(
            opaque,
            services,
            config.detection(),
            TcpSettings.DEFAULTS,
            new ByProtocol(http.http1(), http.http2(), tls, opaque));
    explicit =
        new DetectingAcceptor(
            ByProtocol.httpOnly(http.http1(), http.http2()),
            TcpSettings.DEFAULTS.patience(), // its client surely has the first word
            ProtocolDetector.MAX_BYTES);
  }

  /** Serves connections that the kernel redirected. */
  Acceptor redirected() {
    return redirected;
  }

  /** Serves a workload that uses the sidecar as its HTTP proxy. */
  Acceptor explicit() {
    return explicit;
  }
}
