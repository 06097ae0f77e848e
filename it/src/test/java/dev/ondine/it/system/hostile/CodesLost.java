package dev.ondine.it.system.hostile;

import dev.ondine.testkit.http2.Frame;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;

/** A relay of HTTP/2 by which every error code on its way to the client becomes NO_ERROR. */
final class CodesLost implements AutoCloseable {
  private final ServerSocket listening;
  private final int sidecar;

  private CodesLost(ServerSocket listening, int sidecar) {
    this.listening = listening;
    this.sidecar = sidecar;
  }

  static CodesLost before(int sidecar) throws IOException {
    var relay = new CodesLost(new ServerSocket(0, 100, InetAddress.getLoopbackAddress()), sidecar);
    Thread.ofVirtual().start(relay::accept);
    return relay;
  }

  int port() {
    return listening.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        var client = listening.accept();
        var server = new Socket(InetAddress.getLoopbackAddress(), sidecar);
        Thread.ofVirtual().start(() -> relay(client, server));
        Thread.ofVirtual().start(() -> relayWithoutCodes(server, client));
      }
    } catch (IOException _) {
      // Closed.
    }
  }

  private static void relay(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException _) {
      // The other direction ends both.
    }
  }

  private static void relayWithoutCodes(Socket from, Socket to) {
    try (from;
        to;
        var in = new DataInputStream(from.getInputStream())) {
      while (true) {
        forward(in, to.getOutputStream());
      }
    } catch (IOException _) {
      // Both end.
    }
  }

  private static void forward(DataInputStream in, OutputStream out) throws IOException {
    var length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
    var type = in.readUnsignedByte();
    var flags = in.readUnsignedByte();
    var stream = in.readInt();
    var payload = ByteBuffer.allocate(length);
    in.readFully(payload.array());
    switch (type) {
      case Frame.RST_STREAM -> payload.putInt(0, 0);
      case Frame.GOAWAY -> payload.putInt(4, 0);
      default -> {}
    }
    out.write(new Frame(type, flags, stream, payload).encoded());
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
