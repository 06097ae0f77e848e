package dev.ondine.proxy;

import static java.util.Objects.requireNonNull;

import dev.ondine.model.DemandKey;
import dev.ondine.proxy.detect.DetectionSettings;
import dev.ondine.proxy.discovery.DiscoverySettings;
import dev.ondine.proxy.endpoint.OutsideNames;
import dev.ondine.proxy.identity.IdentityConfig;
import dev.ondine.proxy.telemetry.AccessLog;
import dev.ondine.proxy.tls.KeyMaterial;
import dev.ondine.proxy.transport.Cidr;
import dev.ondine.xds.transport.ServerAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The settings of a sidecar, as its flags give them.
 *
 * @param instance unique in the namespace
 * @param ports of the workload; none: it only calls others
 * @param address where other workloads reach this one; empty: found out
 * @param zone where it runs; may be empty
 * @param outbound where redirected outgoing connections arrive; redirect mode only
 * @param inbound where connections to the workload arrive
 * @param explicit the HTTP proxy that a workload may use knowingly
 * @param dns where redirected queries arrive; redirect mode only
 * @param admin TCP addresses on loopback, or Unix sockets
 * @param mark SO_MARK of the sidecar's own connections; 0: none
 * @param runDir where the state file is written
 * @param resolvConf names the resolvers of outside names
 * @param drain how long a drain waits for what is under way
 * @param accessLog which exchanges are logged
 * @param outside what happens to calls of names outside the mesh
 * @param requestTimeout of requests whose route says nothing; zero: none
 * @param detection how long a connection may be silent before it counts as opaque
 * @param proxyProtocolFrom proxies that begin their connections to the inbound and the explicit
 *     ports with a header of the PROXY protocol, version 2
 * @param udpCounters where the supervisor writes down how much UDP passed the sidecar
 * @param tls what the sidecar proves itself by to callers that speak TLS; empty: theirs passes as
 *     it is
 * @param identity how the workload proves who it is to others; empty: it does not, and asks nobody
 * @param traffic bounds of connections and requests
 */
public record SidecarConfig(
    String service,
    String namespace,
    String instance,
    List<WorkloadPort> ports,
    Optional<InetAddress> address,
    String zone,
    ReadyCheck ready,
    List<ServerAddress> control,
    Mode mode,
    InetSocketAddress outbound,
    InetSocketAddress inbound,
    InetSocketAddress explicit,
    InetSocketAddress dns,
    List<SocketAddress> admin,
    int mark,
    Optional<Path> runDir,
    Path resolvConf,
    Duration drain,
    AccessLog.Extent accessLog,
    OutsideNames.Policy outside,
    Duration requestTimeout,
    DetectionSettings detection,
    List<Cidr> proxyProtocolFrom,
    Optional<Path> udpCounters,
    DiscoverySettings discovery,
    Optional<KeyMaterial> tls,
    Optional<IdentityConfig> identity,
    TrafficSettings traffic) {

  /** How traffic gets here. */
  public enum Mode {
    /** The workload's traffic is redirected by the kernel. */
    REDIRECT,
    /** The workload uses the explicit port. */
    EXPLICIT
  }

  public SidecarConfig {
    var asName = instance + "." + service + "." + namespace + DemandKey.SUFFIX;
    if (!DemandKey.parse(asName, namespace).map(DemandKey.Name::host).equals(Optional.of(asName))) {
      throw new IllegalArgumentException(
          "service '"
              + service
              + "', namespace '"
              + namespace
              + "' or instance '"
              + instance
              + "' is no name: lower-case letters, digits and '-', 1 to 63 characters");
    }
    ports = List.copyOf(ports);
    requireNonNull(address, "address");
    requireNonNull(ready, "ready");
    requireNonNull(mode, "mode");
    control = List.copyOf(control);
    admin = List.copyOf(admin);
    requireNonNull(runDir, "runDir");
    if (ports.stream().map(WorkloadPort::number).distinct().count() < ports.size()) {
      throw new IllegalArgumentException("ports: a number occurs twice");
    }
    if (mark < 0) {
      throw new IllegalArgumentException("mark: " + mark + " is below 0");
    }
    requireNonNull(accessLog, "accessLog");
    requireNonNull(outside, "outside");
    requireNonNull(detection, "detection");
    requireNonNull(udpCounters, "udpCounters");
    proxyProtocolFrom = List.copyOf(proxyProtocolFrom);
    requireNonNull(tls, "tls");
    requireNonNull(identity, "identity");
    requireNonNull(traffic, "traffic");
    if (requestTimeout.isNegative()) {
      throw new IllegalArgumentException("requestTimeout: " + requestTimeout + " is negative");
    }
    if (drain.isNegative()) {
      throw new IllegalArgumentException("drain: " + drain + " is negative");
    }
  }

  /** {@code INSTANCE.NAMESPACE}, by which control knows the sidecar. */
  public String nodeId() {
    return instance + "." + namespace;
  }
}
