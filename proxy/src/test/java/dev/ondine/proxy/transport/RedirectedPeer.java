package dev.ondine.proxy.transport;

import dev.ondine.proxy.http.ConnectionInfo.Direction;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A process for a network namespace: loads rules that redirect TCP to 240.240.0.0/16 and
 * fd00:240::/32 to its listener, connects to each address it is given, and prints where each
 * connection was meant to go. {@code OWN} stands for the listener itself.
 */
final class RedirectedPeer {
  private RedirectedPeer() {}

  public static void main(String[] args) throws Exception {
    var seen = new ArrayBlockingQueue<String>(1);
    try (var loops = EventLoops.start(1);
        var listener =
            TcpListener.bind(
                loops,
                ListenerSettings.on(
                        new InetSocketAddress(InetAddress.ofLiteral(args[0]), 0),
                        Direction.OUTBOUND)
                    .redirected(OriginalDestination.redirected()),
                (connection, info) -> {
                  seen.add(
                      info.originalDestination()
                          .map(RedirectedPeer::text)
                          .orElse("not redirected"));
                  connection.close();
                })) {
      var port = ((InetSocketAddress) listener.address()).getPort();
      if (!args[1].equals("without-rules")) {
        redirectTo(port);
      }
      for (var i = 2; i < args.length; i++) {
        var own = args[i].startsWith("OWN ");
        var host = InetAddress.ofLiteral(own ? args[i].substring(4) : args[i]);
        try (var _ = new Socket(host, own ? port : 3306)) {
          System.out.println(args[i] + " -> " + seen.poll(10, TimeUnit.SECONDS));
        }
      }
    }
  }

  private static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + " " + address.getPort();
  }

  private static void redirectTo(int port) throws IOException, InterruptedException {
    var nft = new ProcessBuilder("nft", "-f", "-").redirectErrorStream(true).start();
    try (var rules = nft.getOutputStream()) {
      rules.write(
          """
          table inet test {
            chain output {
              type nat hook output priority -100;
              ip daddr 240.240.0.0/16 meta l4proto tcp redirect to :PORT
              ip6 daddr fd00:240::/32 meta l4proto tcp redirect to :PORT
            }
          }
          """
              .replace("PORT", Integer.toString(port))
              .getBytes(StandardCharsets.US_ASCII));
    }
    var said = new String(nft.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (nft.waitFor() != 0) {
      throw new IOException("nft: " + said);
    }
  }
}
