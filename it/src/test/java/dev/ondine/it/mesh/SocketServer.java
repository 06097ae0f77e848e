package dev.ondine.it.mesh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A workload on plain sockets, a thread for each connection. */
final class SocketServer implements MeshHarness.Part {
  private final ServerSocket listening;
  private final Handler handler;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** Serves one connection, which is closed afterwards. */
  @FunctionalInterface
  interface Handler {
    void serve(Socket socket) throws IOException;
  }

  SocketServer(Handler handler) throws IOException {
    this(new ServerSocket(0, 50, MeshHarness.loopback(0).getAddress()), handler);
  }

  SocketServer(ServerSocket listening, Handler handler) {
    this.listening = listening;
    this.handler = handler;
    threads.execute(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        var socket = listening.accept();
        threads.execute(() -> serve(socket));
      } catch (SocketException _) {
        return; // closed
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      handler.serve(socket);
    } catch (IOException _) {
      // a readiness check, or a client that left
    }
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.shutdownNow();
  }
}
