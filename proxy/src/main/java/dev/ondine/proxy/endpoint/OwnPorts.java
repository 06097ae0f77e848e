package dev.ondine.proxy.endpoint;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Set;

/** The ports that this sidecar listens on: who is sent there would come round for ever. */
public record OwnPorts(Set<Integer> ports) {
  public OwnPorts {
    ports = Set.copyOf(ports);
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
    if (host.equals("localhost")) {
      return true;
    }
    try {
      var address = InetAddress.ofLiteral(host);
      return address.isLoopbackAddress()
          || address.isAnyLocalAddress()
          || NetworkInterface.getByInetAddress(address) != null;
    } catch (IllegalArgumentException | SocketException _) {
      return false;
    }
  }
}
