package dev.ondine.proxy;

import dev.ondine.proxy.endpoint.EndpointConnector;
import dev.ondine.proxy.endpoint.OwnPorts;
import dev.ondine.proxy.overload.LoadShed;
import dev.ondine.proxy.resilience.InFlight;
import dev.ondine.proxy.route.BodyLimit;
import dev.ondine.proxy.stack.InboundStack;
import dev.ondine.proxy.tcp.InboundEntrance;
import dev.ondine.proxy.tcp.InboundTcp;
import dev.ondine.proxy.tcp.Sessions;
import dev.ondine.proxy.tls.Plaintext;
import dev.ondine.proxy.tls.ProvenCallers;
import dev.ondine.proxy.tls.RequireIdentity;
import dev.ondine.proxy.tls.TransportSecurity;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.proxy.transport.EventLoops;
import dev.ondine.proxy.transport.TcpConnector;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What others send to the workload: the parts of its path, and how it is drained. */
final class InboundTraffic {
  private final InFlight inFlight = new InFlight();
  private final Sessions sessions;
  private final HttpTraffic http;
  private final Acceptor entrance;

  /**
   * @param tcp that interception lets pass to the workload
   * @param security of callers that speak TLS and are of no mesh
   * @param mesh of those that are
   * @param census remembers who calls, and how
   */
  InboundTraffic(
      SidecarConfig config,
      EventLoops loops,
      TcpConnector tcp,
      TransportSecurity security,
      TransportSecurity mesh,
      MeshSecurity meshSecurity,
      CallerCensus census,
      WorkloadAddresses workload,
      OwnPorts ownPorts,
      Observers observers,
      Capacity capacity,
      RandomGenerator random) {
    var shed = new LoadShed(capacity.shedding());
    var maxBody = new BodyLimit(config.traffic().maxRequestBodyBytes());
    var connector = new EndpointConnector(tcp, new Plaintext()); // it is the same machine
    sessions = observers.sessions(config.traffic().tcp());
    var stack =
        new InboundStack(
            observers.accessLog(),
            observers.requests(),
            inFlight,
            shed,
            new RequireIdentity(
                meshSecurity.inbound(), workload::target, census.plaintext(), census.proven()),
            maxBody,
            workload::of,
            workload::protocol,
            config.traffic().tcp().relay().idle(),
            ownPorts,
            random);
    http =
        new HttpTraffic(
            loops,
            connector,
            connector,
            stack::http,
            observers.refusals(),
            config.traffic().http(),
            capacity,
            ownPorts,
            random);
    var opaque =
        new InboundTcp(sessions, info -> workload.of(info).stream().toList(), connector, ownPorts);
    var inside = new InsideTls(workload::protocol, http, entrance(config, opaque, workload, null));
    var tls = security.accepting(inside);
    var plain = entrance(config, opaque, workload, tls.orElse(null));
    entrance =
        new MeshEntrance(
            meshSecurity.inbound(),
            workload::target,
            workload::protocol,
            mesh.accepting(counting(inside, census.proven())).orElse(plain),
            plain,
            http.http1(),
            census.plaintext(),
            observers.refusals(),
            config.detection(),
            config.traffic().tcp());
  }

  private static Acceptor counting(Acceptor inside, ProvenCallers callers) {
    return (connection, info) -> {
      if (info.peerIdentity().isPresent()) {
        callers.connected(info.peerIdentity());
      }
      inside.accept(connection, info);
    };
  }

  /**
   * @param tls serves what begins with a ClientHello; null: it goes to the workload as it is
   */
  private Acceptor entrance(
      SidecarConfig config, InboundTcp opaque, WorkloadAddresses workload, @Nullable Acceptor tls) {
    var hello = tls == null ? opaque : tls;
    var choices =
        new InboundEntrance.Choices(
            new ByProtocol(http.http1(), http.http2(), hello, opaque),
            new ByProtocol(http.http1(), http.http2(), hello, http.http1()),
            new ByProtocol(http.http1(), http.http2(), hello, http.http2()),
            Optional.ofNullable(tls).map(found -> new TlsOrElse(found, opaque)));
    return new InboundEntrance(
        opaque, workload::protocol, config.detection(), config.traffic().tcp(), choices);
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

  /** Breaks off the connections that a drain has waited for in vain. */
  void breakOff() {
    sessions.breakOff();
  }
}
