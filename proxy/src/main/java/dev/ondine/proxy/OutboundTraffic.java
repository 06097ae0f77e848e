package dev.ondine.proxy;

import dev.ondine.proxy.balance.Balancers;
import dev.ondine.proxy.detect.ProtocolDetector;
import dev.ondine.proxy.discovery.OnDemandServices;
import dev.ondine.proxy.discovery.Services;
import dev.ondine.proxy.endpoint.EndpointConnector;
import dev.ondine.proxy.endpoint.OwnPorts;
import dev.ondine.proxy.overload.LoadShed;
import dev.ondine.proxy.route.BodyLimit;
import dev.ondine.proxy.route.MatchRoute;
import dev.ondine.proxy.stack.OutboundStack;
import dev.ondine.proxy.tcp.OutboundEntrance;
import dev.ondine.proxy.tcp.OutboundTcp;
import dev.ondine.proxy.tcp.OutboundTls;
import dev.ondine.proxy.tcp.Sessions;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.DetectingAcceptor;
import dev.ondine.proxy.transport.EventLoops;
import java.util.random.RandomGenerator;

/** What the workload sends: the parts of its path. */
final class OutboundTraffic {
  private final Sessions sessions;
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
      Capacity capacity,
      RandomGenerator random) {
    var shed = new LoadShed(capacity.shedding());
    var maxBody = new BodyLimit(config.traffic().maxRequestBodyBytes());
    var balancers = new Balancers(random);
    var stack =
        new OutboundStack(
            observers.accessLog(),
            observers.requests(),
            shed,
            services,
            new OnDemandServices(services, config.namespace(), config.discovery()),
            new MatchRoute(random),
            maxBody,
            balancers,
            config.requestTimeout(),
            config.traffic().maxHops(),
            config.traffic().tcp().relay().idle(),
            config.outside(),
            ownPorts,
            random);
    var http =
        new HttpTraffic(
            loops,
            connector,
            connector.guarded(ownPorts::refuseOutside),
            stack::http,
            observers.refusals(),
            config.traffic().http(),
            capacity,
            ownPorts,
            random);
    sessions = observers.sessions(config.traffic().tcp());
    var opaque =
        new OutboundTcp(
            config.namespace(),
            sessions,
            services,
            balancers,
            connector,
            config.traffic().tcp(),
            config.outside(),
            ownPorts);
    var tls = new OutboundTls(opaque, observers.connections(), config.traffic().tcp());
    redirected =
        new OutboundEntrance(
            opaque,
            services,
            config.detection(),
            config.traffic().tcp(),
            new ByProtocol(http.http1(), http.http2(), tls, opaque));
    explicit =
        new DetectingAcceptor(
            ByProtocol.httpOnly(http.http1(), http.http2()),
            config.traffic().tcp().patience(), // its client surely has the first word
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

  /** Breaks off the connections that are still open when the sidecar ends. */
  void breakOff() {
    sessions.breakOff();
  }
}
