package dev.ondine.proxy;

import dev.ondine.xds.transport.ServerAddress;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the address under which others reach this machine. */
final class OwnAddress {
  private static final Logger LOG = LoggerFactory.getLogger(OwnAddress.class);

  private OwnAddress() {}

  /**
   * The address that the inbound port listens on, if it is one. Else the address from which this
   * machine speaks to control: who can be reached by one way can be spoken to by the same. Where
   * that is loopback, or there is no way to control, the first address that is not loopback:
   * control on the same machine does not mean that all workloads are. Sends nothing; may look up
   * control's name.
   */
  static InetAddress find(SidecarConfig config) {
    var inbound = config.inbound().getAddress();
    if (inbound != null && !inbound.isAnyLocalAddress()) {
      return inbound;
    }
    return towards(config.control())
        .filter(address -> !address.isLoopbackAddress())
        .or(OwnAddress::ofAnInterface)
        .orElseGet(OwnAddress::loopback);
  }

  private static Optional<InetAddress> towards(List<ServerAddress> control) {
    for (var server : control) {
      try (var socket = new DatagramSocket()) {
        socket.connect(new InetSocketAddress(InetAddress.getByName(server.host()), server.port()));
        return Optional.of(withoutScope(socket.getLocalAddress()));
      } catch (IOException _) {
        // The next one.
      }
    }
    return Optional.empty();
  }

  private static Optional<InetAddress> ofAnInterface() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
          .min(Comparator.comparing(Inet6Address.class::isInstance)) // every caller has IPv4
          .map(OwnAddress::withoutScope);
    } catch (SocketException _) {
      return Optional.empty();
    }
  }

  /** The JDK names the interface behind an IPv6 address, which nobody else knows it by. */
  private static InetAddress withoutScope(InetAddress address) {
    try {
      return InetAddress.getByAddress(address.getAddress());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of a length that no address has", e);
    }
  }

  private static InetAddress loopback() {
    LOG.warn(
        "this machine has no address but loopback: workloads elsewhere cannot reach this one;"
            + " --address names another");
    return InetAddress.getLoopbackAddress();
  }
}
