package dev.ondine.testkit.http1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A server of HTTP/1.1 that keeps every byte that it gets, connection by connection.
 *
 * <p>It answers each request with 200 and the request's target, or with the script that was given
 * for the target. It reads requests naively, as a careless server would.
 */
public final class RecordingOrigin implements Recorder {
  private final ServerSocket listening;
  private final List<Recorded> connections = new CopyOnWriteArrayList<>();
  private final Map<String, Script> scripts = new ConcurrentHashMap<>();

  private RecordingOrigin(ServerSocket listening) {
    this.listening = listening;
  }

  /** Starts one on a free port of the loopback address. */
  public static RecordingOrigin start() throws IOException {
    var origin = new RecordingOrigin(new ServerSocket(0, 1_024, InetAddress.getLoopbackAddress()));
    Thread.ofVirtual().name("origin").start(origin::accept);
    return origin;
  }

  @Override
  public int port() {
    return listening.getLocalPort();
  }

  /** Answers requests for this target in this way. */
  public void script(String target, Script script) {
    scripts.put(target, script);
  }

  @Override
  public List<Recorded> recorded() {
    return List.copyOf(connections);
  }

  private void accept() {
    try {
      while (true) {
        var socket = listening.accept();
        var connection = new Recorded(connections.size());
        connections.add(connection);
        Thread.ofVirtual().name("origin").start(() -> serve(socket, connection));
      }
    } catch (IOException _) {
      connections.forEach(Recorded::closeQuietly);
    }
  }

  private void serve(Socket socket, Recorded connection) {
    try (socket) {
      socket.setTcpNoDelay(true);
      connection.serve(socket, scripts);
    } catch (IOException e) {
      connection.broke(e);
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
