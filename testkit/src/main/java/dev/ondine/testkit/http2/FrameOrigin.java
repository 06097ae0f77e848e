package dev.ondine.testkit.http2;

import dev.ondine.testkit.http1.Recorded;
import dev.ondine.testkit.http1.Recorder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A server of HTTP/2 that keeps every request that it gets, in the form that HTTP/1 has for it.
 *
 * <p>It answers each with 200 and the request's target, or with what was given for the target.
 */
public final class FrameOrigin implements Recorder {
  private final ServerSocket listening;
  private final List<Recorded> streams = new CopyOnWriteArrayList<>();
  private final Map<String, FrameAnswer> answers = new ConcurrentHashMap<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private FrameOrigin(ServerSocket listening) {
    this.listening = listening;
  }

  /** Starts one on a free port of the loopback address. */
  public static FrameOrigin start() throws IOException {
    var origin = new FrameOrigin(new ServerSocket(0, 1_024, InetAddress.getLoopbackAddress()));
    Thread.ofVirtual().name("origin").start(origin::accept);
    return origin;
  }

  @Override
  public int port() {
    return listening.getLocalPort();
  }

  @Override
  public List<Recorded> recorded() {
    return List.copyOf(streams);
  }

  /** Answers requests for this target in this way. */
  public void answer(String target, FrameAnswer answer) {
    answers.put(target, answer);
  }

  FrameAnswer answerTo(String target) {
    return answers.getOrDefault(target, new FrameAnswer.Target());
  }

  synchronized Recorded begin() {
    var stream = new Recorded(streams.size());
    streams.add(stream);
    return stream;
  }

  private void accept() {
    try {
      while (true) {
        var socket = listening.accept();
        open.add(socket);
        Thread.ofVirtual().name("origin").start(() -> serve(socket));
      }
    } catch (IOException _) {
      open.forEach(FrameOrigin::closeQuietly);
    }
  }

  private void serve(Socket socket) {
    try (var connection = RawHttp2.accepted(socket)) {
      new ServedConnection(this, connection.timeout(0)).serve();
    } catch (IOException _) {
      // A check of the port, or the end of a connection.
    } finally {
      closeQuietly(socket);
      open.remove(socket);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // It is closed, then.
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
