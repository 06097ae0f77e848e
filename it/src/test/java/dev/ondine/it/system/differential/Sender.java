package dev.ondine.it.system.differential;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** Sends inputs, each over a connection of its own, and reads until the other side is quiet. */
final class Sender {
  private static final int AT_ONCE = 48;
  private static final int QUIET_MILLIS = 500;

  private Sender() {}

  static void send(int port, Mutations mutations, int inputs) throws InterruptedException {
    try (var senders = Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
      for (var i = 0; i < inputs; i++) {
        senders.execute(() -> send(port, mutations.next()));
      }
      senders.shutdown();
      if (!senders.awaitTermination(5, TimeUnit.MINUTES)) {
        throw new IllegalStateException("not all was sent within five minutes");
      }
    }
  }

  private static void send(int port, byte[] input) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(QUIET_MILLIS);
      socket.getOutputStream().write(input);
      var in = socket.getInputStream();
      var buffer = new byte[8192];
      var read = in.read(buffer);
      while (read >= 0) {
        read = in.read(buffer);
      }
    } catch (SocketTimeoutException _) {
      // It waits for the rest of a request that is none.
    } catch (IOException _) {
      // Refused and reset.
    }
  }
}
