package dev.ondine.it.system.differential;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Sends inputs, each over a connection of its own. Where nothing was changed it reads as many
 * answers as there are requests, else until the other side is quiet: it may wait for the rest of a
 * request that is none.
 */
final class Sender {
  private static final int AT_ONCE = 256;
  private static final int QUIET_MILLIS = 2_000;
  private static final int ANSWER_MILLIS = 30_000;
  private static final String STATUS = "HTTP/1.1 200 ";

  private Sender() {}

  /** Sends so many; {@code METHOD TARGET} of each request among them that had no fault. */
  static List<String> send(int port, Mutations mutations, int inputs) throws InterruptedException {
    var all = new ArrayList<Mutations.Input>(inputs);
    for (var i = 0; i < inputs; i++) {
      all.add(mutations.next());
    }
    try (var senders = Executors.newFixedThreadPool(AT_ONCE, Thread.ofVirtual().factory())) {
      all.forEach(input -> senders.execute(() -> send(port, input)));
      senders.shutdown();
      if (!senders.awaitTermination(5, TimeUnit.MINUTES)) {
        senders.shutdownNow();
        throw new IllegalStateException("not all was sent within five minutes");
      }
    }
    return all.stream().flatMap(input -> input.requests().stream()).toList();
  }

  private static void send(int port, Mutations.Input input) {
    var answers = input.requests().size();
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(answers > 0 ? ANSWER_MILLIS : QUIET_MILLIS);
      socket.getOutputStream().write(input.text().getBytes(ISO_8859_1));
      var in = socket.getInputStream();
      var got = new ByteArrayOutputStream();
      var buffer = new byte[8192];
      for (var read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        got.write(buffer, 0, read);
        if (answers > 0 && count(got.toString(ISO_8859_1)) >= answers) {
          return;
        }
      }
    } catch (SocketTimeoutException _) {
      // It waits for the rest of a request that is none.
    } catch (IOException _) {
      // Refused and reset.
    }
  }

  private static int count(String answers) {
    var count = 0;
    for (var at = answers.indexOf(STATUS); at >= 0; at = answers.indexOf(STATUS, at + 1)) {
      count++;
    }
    return count;
  }
}
