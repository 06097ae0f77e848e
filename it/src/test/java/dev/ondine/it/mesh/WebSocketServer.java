package dev.ondine.it.mesh;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.ServerWebSocketContainer;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;

/**
 * A workload that speaks WebSocket: Jetty. It greets at {@code /greet}, echoes fragment by fragment
 * at {@code /fragments} and message by message at {@code /echo}, and refuses everybody at {@code
 * /refuse}. What it is told to do by text: {@code ping TEXT}, {@code close CODE}, {@code
 * disconnect}.
 */
public final class WebSocketServer implements MeshHarness.Part {
  private static final int MAX_MESSAGE = 4 << 20;

  private final Server server = new Server();
  private final ServerConnector connector;
  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();

  /**
   * Starts it, on HTTP/1.1 and HTTP/2.
   *
   * @param extendedConnect whether its HTTP/2 knows RFC 8441
   */
  WebSocketServer(boolean extendedConnect) throws Exception {
    var http = new HttpConfiguration();
    var http2 = new HTTP2CServerConnectionFactory(http);
    http2.setConnectProtocolEnabled(extendedConnect);
    connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http), http2);
    connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
    server.addConnector(connector);
    server.setHandler(WebSocketUpgradeHandler.from(server, this::mappings));
    server.start();
  }

  private void mappings(ServerWebSocketContainer container) {
    container.setIdleTimeout(Duration.ofMinutes(5));
    container.setMaxTextMessageSize(MAX_MESSAGE);
    container.setMaxBinaryMessageSize(MAX_MESSAGE);
    container.addMapping("/echo", (request, response, callback) -> new Echo(false));
    container.addMapping("/greet", (request, response, callback) -> new Echo(true));
    container.addMapping("/fragments", (request, response, callback) -> new Fragments());
    container.addMapping(
        "/chat",
        (request, response, callback) -> {
          response.setAcceptedSubProtocol(request.getSubProtocols().getLast());
          return new Echo(false);
        });
    container.addMapping(
        "/refuse",
        (request, response, callback) -> {
          Response.writeError(request, response, callback, HttpStatus.FORBIDDEN_403);
          return null;
        });
  }

  int port() {
    return connector.getLocalPort();
  }

  /** The next thing that it saw. */
  String seen() throws InterruptedException {
    var next = seen.poll(10, TimeUnit.SECONDS);
    return next == null ? "nothing" : next;
  }

  /** Forgets what it saw. */
  void forget() {
    seen.clear();
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception e) {
      throw new IllegalStateException("Jetty does not stop", e);
    }
  }

  /** Sees what all endpoints see; public, because Jetty looks for its methods. */
  public class Watching implements Session.Listener {
    @SuppressWarnings("NullAway.Init") // Jetty opens it before all else
    Session session;

    @Override
    public void onWebSocketOpen(Session session) {
      this.session = session;
      session.demand();
    }

    @Override
    public void onWebSocketClose(int code, String reason, Callback callback) {
      seen.add("close " + code + " " + reason);
      callback.succeed();
    }

    @Override
    public void onWebSocketError(Throwable cause) {} // onWebSocketClose tells

    @Override
    public void onWebSocketPing(ByteBuffer payload) {
      seen.add("ping " + BufferUtil.toUTF8String(payload));
      session.sendPong(payload, then());
    }

    @Override
    public void onWebSocketPong(ByteBuffer payload) {
      seen.add("pong " + BufferUtil.toUTF8String(payload));
      session.demand();
    }

    Callback then() {
      return Callback.from(session::demand, failure -> seen.add("failed " + failure));
    }
  }

  /** Echoes messages, and does what it is told. */
  public final class Echo extends Watching {
    private final boolean greets;

    Echo(boolean greets) {
      this.greets = greets;
    }

    @Override
    public void onWebSocketOpen(Session session) {
      super.onWebSocketOpen(session);
      if (greets) {
        session.sendText("welcome", Callback.NOOP);
      }
    }

    @Override
    public void onWebSocketText(String text) {
      var words = text.split(" ", 2);
      switch (words[0]) {
        case "ping" -> session.sendPing(BufferUtil.toBuffer(words[1]), then());
        case "close" -> session.close(Integer.parseInt(words[1]), "as you like", then());
        case "disconnect" -> session.disconnect();
        default -> session.sendText(text, then());
      }
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
      var copy = BufferUtil.copy(payload);
      callback.succeed();
      session.sendBinary(copy, then());
    }
  }

  /** Echoes fragments, each as it is. */
  public final class Fragments extends Watching {
    @Override
    public void onWebSocketPartialText(String fragment, boolean last) {
      seen.add(fragment + (last ? "." : ""));
      session.sendPartialText(fragment, last, then());
    }
  }
}
