package dev.ondine.proxy;

import dev.ondine.xds.transport.ServerAddress;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;

/** Finds the address under which others reach this machine. */
final class OwnAddress {
  private OwnAddress() {}

  /**
   * The address from which this machine speaks to control: who can be reached by one way can be
   * spoken to by the same. Where there is no way to control, the first address that is not
   * loopback. Sends nothing; may look up control's name.
   */
  static InetAddress find(List<ServerAddress> control) {
    for (var server : control) {
      try (var socket = new DatagramSocket()) {
        socket.connect(new InetSocketAddress(InetAddress.getByName(server.host()), server.port()));
        return socket.getLocalAddress();
      } catch (IOException _) {
        // The next one.
      }
    }
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
          .findFirst()
          .orElseGet(InetAddress::getLoopbackAddress);
    } catch (SocketException _) {
      return InetAddress.getLoopbackAddress();
    }
  }
}
