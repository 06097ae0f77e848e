package dev.ondine.proxy.endpoint;

import dev.ondine.model.DemandKey;
import dev.ondine.model.Endpoint;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Reason;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The ports that this sidecar listens on: who is sent there would come round for ever. */
public final class OwnPorts {
  /** Where clouds keep credentials of their machines, other than at addresses of the link. */
  private static final Set<InetAddress> METADATA =
      Stream.of(
              "fd00:ec2::254", // Amazon EC2
              "fd00:ec2::23", // Amazon EKS
              "fd20:ce::254", // Google Compute Engine
              "100.100.100.200", // Alibaba Cloud
              "168.63.129.16", // Azure
              "192.0.0.192") // Oracle Cloud
          .map(InetAddress::ofLiteral)
          .collect(Collectors.toUnmodifiableSet());

  // Read by every request, written when a listener is bound.
  private volatile Set<Integer> ports;

  /** These, and what is added. */
  public OwnPorts(Set<Integer> ports) {
    this.ports = Set.copyOf(ports);
  }

  /** A listener is bound. */
  public synchronized void add(int port) {
    var more = new HashSet<>(ports);
    more.add(port);
    ports = Set.copyOf(more);
  }

  /**
   * Why nothing may go there by this name, not even if control says so; empty: it may.
   *
   * @param to what the host has turned out to be
   */
  public Optional<Failure> refuse(String host, InetSocketAddress to) {
    return lead(to)
        ? Optional.of(
            Failure.notSent(Reason.LOOP, text(host, to) + " leads to this sidecar's own listener"))
        : Optional.empty();
  }

  /**
   * Why a request whose caller chose the host itself must not go there; empty: it may.
   *
   * <p>A workload may call its own services by addresses of loopback, or by {@code localhost}. Any
   * other name is in the hands of strangers, who could make it lead to what this host keeps for
   * itself; and at addresses of the link, and at some others, clouds keep what only their machines
   * may know.
   */
  public Optional<Failure> refuseOutside(String host, InetSocketAddress to) {
    var address = to.getAddress();
    if (address.isLinkLocalAddress()) {
      return refused(host, to, "is an address of this host's link");
    }
    if (METADATA.contains(address)) {
      return refused(host, to, "is where a cloud keeps what only its machines may know");
    }
    return (address.isLoopbackAddress() || address.isAnyLocalAddress())
            && !lead(to)
            && known(host).isEmpty()
        ? refused(host, to, "leads to this host's loopback, which only localhost may")
        : refuse(host, to);
  }

  /**
   * Why a tunnel to an endpoint outside the mesh must not be; empty: it may be.
   *
   * <p>What goes through it is not looked at, and need not be HTTP.
   */
  public Optional<Failure> refuseTunnel(String host, InetSocketAddress to) {
    var address = to.getAddress();
    return (address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || METADATA.contains(address))
            && !lead(to)
        ? refused(host, to, "is this host, its link or its cloud's keeper: no CONNECT leads there")
        : refuse(host, to);
  }

  private static Optional<Failure> refused(String host, InetSocketAddress to, String why) {
    return Optional.of(Failure.notSent(Reason.NOT_PERMITTED, text(host, to) + " " + why));
  }

  private static String text(String host, InetSocketAddress to) {
    return Endpoint.of(host, to.getPort()).authority();
  }

  /** The address of a host that needs no look-up. */
  static Optional<InetAddress> known(String host) {
    try {
      return Optional.of(
          host.equalsIgnoreCase(DemandKey.LOCALHOST)
              ? InetAddress.getLoopbackAddress()
              : InetAddress.ofLiteral(host));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /**
   * True if this leads back to the sidecar.
   *
   * @param host an IP address, or a name, of which only {@code localhost} is known
   */
  public boolean lead(String host, int port) {
    if (!ports.contains(port)) {
      return false; // nearly always, and at no cost
    }
    return known(host).filter(address -> lead(new InetSocketAddress(address, port))).isPresent();
  }

  /** True if this address leads back to the sidecar. */
  public boolean lead(InetSocketAddress to) {
    var address = to.getAddress();
    if (!ports.contains(to.getPort())) {
      return false;
    }
    try {
      return address.isLoopbackAddress()
          || address.isAnyLocalAddress()
          || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException _) {
      return false;
    }
  }
}
