package dev.ondine.proxy;

import dev.ondine.model.AppProtocol;
import dev.ondine.model.Endpoint;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.transport.Acceptor;
import dev.ondine.xds.transport.GrpcChannels;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Where the workload listens, port by port: on loopback, or on the address that its callers use.
 * The readiness check finds it out; connections read it, on any loop.
 */
final class WorkloadAddresses {
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  private final List<WorkloadPort> ports;
  private final ReadyCheck ready;
  private final List<InetAddress> candidates;

  /** By the workload's own port. */
  private final Map<Integer, Endpoint> found = new ConcurrentHashMap<>();

  /** The workload's own port by the port of a listener that is for it alone. */
  private final Map<Integer, Integer> listeners = new ConcurrentHashMap<>();

  /**
   * @param ready of the first port; of the others it is enough that they accept connections
   * @param own the address that callers use
   */
  WorkloadAddresses(List<WorkloadPort> ports, ReadyCheck ready, InetAddress own) {
    this.ports = List.copyOf(ports);
    this.ready = ready;
    var all = new ArrayList<InetAddress>();
    all.add(InetAddress.ofLiteral("127.0.0.1"));
    all.add(InetAddress.ofLiteral("::1"));
    if (!all.contains(own)) {
      all.add(own);
    }
    this.candidates = List.copyOf(all);
    for (var port : ports) {
      found.put(port.target(), at(candidates.getFirst(), port));
    }
  }

  /**
   * What comes to the listener of this acceptor is for this port, whatever else is known of it.
   * Which listener that is shows with the first connection, which may come before its port is told.
   */
  Acceptor only(WorkloadPort port, Acceptor next) {
    return (connection, info) -> {
      if (info.local() instanceof InetSocketAddress local) {
        listeners.putIfAbsent(local.getPort(), port.target());
      }
      next.accept(connection, info);
    };
  }

  /** Where a connection to the workload goes; empty: the workload has no such port. */
  Optional<Endpoint> of(ConnectionInfo connection) {
    return Optional.ofNullable(found.get(target(connection)));
  }

  /** What is said of the port that a connection is for. */
  AppProtocol protocol(ConnectionInfo connection) {
    var target = target(connection);
    return ports.stream()
        .filter(port -> port.target() == target)
        .findFirst()
        .map(WorkloadPort::protocol)
        .orElse(AppProtocol.AUTO);
  }

  /** The workload's own port that a connection is for; 0: none. */
  int target(ConnectionInfo connection) {
    var original = connection.originalDestination();
    if (original.isPresent()) {
      return original.get().getPort();
    }
    return connection.local() instanceof InetSocketAddress local
        ? listeners.getOrDefault(local.getPort(), 0)
        : 0;
  }

  /** Looks at all ports; blocks. Why the workload cannot serve; empty: it can. */
  Optional<String> check(GrpcChannels channels) {
    for (var port : ports) {
      var problem = locate(port, channels);
      if (problem.isEmpty() && port.equals(ports.getFirst())) {
        problem = ready.run(address(port), TIMEOUT, channels);
      }
      if (problem.isPresent()) {
        return problem;
      }
    }
    return Optional.empty();
  }

  private Optional<String> locate(WorkloadPort port, GrpcChannels channels) {
    var last = Optional.<String>empty();
    var known = address(port).getAddress();
    var order = new ArrayList<>(candidates);
    order.remove(known);
    order.addFirst(known);
    for (var candidate : order) {
      last =
          new ReadyCheck.Tcp()
              .run(new InetSocketAddress(candidate, port.target()), TIMEOUT, channels);
      if (last.isEmpty()) {
        found.put(port.target(), at(candidate, port));
        return last;
      }
    }
    return last;
  }

  private InetSocketAddress address(WorkloadPort port) {
    var endpoint = found.get(port.target());
    var host = endpoint == null ? "127.0.0.1" : endpoint.host();
    return new InetSocketAddress(InetAddress.ofLiteral(host), port.target());
  }

  private static Endpoint at(InetAddress host, WorkloadPort port) {
    return Endpoint.of(host.getHostAddress(), port.target());
  }
}
