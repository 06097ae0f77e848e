package dev.ondine.proxy.endpoint;

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

/** The ports that this sidecar listens on: who is sent there would come round for ever. */
public final class OwnPorts {
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
   * Why a tunnel to an endpoint outside the mesh must not be; empty: it may be.
   *
   * <p>By CONNECT a name of anybody's choice would reach what this host keeps for itself.
   *
   * @param address what the endpoint's host has turned out to be
   */
  public Optional<Failure> refuseTunnel(Endpoint endpoint, InetAddress address) {
    var text = endpoint.authority();
    if (lead(new InetSocketAddress(address, endpoint.port()))) {
      return Optional.of(Failure.notSent(Reason.LOOP, text + " is this sidecar's own listener"));
    }
    return address.isLoopbackAddress()
            || address.isAnyLocalAddress()
            || address.isLinkLocalAddress() // where clouds keep what only their machines may know
        ? Optional.of(
            Failure.notSent(
                Reason.NOT_PERMITTED, text + " is this host, or its link: no CONNECT leads there"))
        : Optional.empty();
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
    if (host.equalsIgnoreCase("localhost")) {
      return true;
    }
    try {
      return lead(new InetSocketAddress(InetAddress.ofLiteral(host), port));
    } catch (IllegalArgumentException _) {
      return false;
    }
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
