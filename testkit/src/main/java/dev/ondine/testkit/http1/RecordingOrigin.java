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
public final class RecordingOrigin implements AutoCloseable {
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

  /** Where it listens. */
  public int port() {
    return listening.getLocalPort();
  }

  /** Answers requests for this target in this way. */
  public void script(String target, Script script) {
    scripts.put(target, script);
  }

  /** Every connection that there was, in order. */
  public List<Recorded> connections() {
    return List.copyOf(connections);
  }

  /** How much came so far, on all connections. */
  public Mark mark() {
    var open = List.copyOf(connections);
    return new Mark(open, open.stream().map(Recorded::size).toList());
  }

  /** A moment: what came later is told apart by it. */
  public record Mark(List<Recorded> connections, List<Integer> sizes) {
    public Mark {
      connections = List.copyOf(connections);
      sizes = List.copyOf(sizes);
    }

    /** How many bytes a connection had brought by then. */
    public int sizeOf(Recorded connection) {
      var index = connections.indexOf(connection);
      return index < 0 ? 0 : sizes.get(index);
    }
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
