package dev.ondine.it.mesh;

import java.io.ByteArrayOutputStream;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the JDK's WebSocket client is told, as lines of text. */
final class WebSocketPeer implements WebSocket.Listener {
  private static final int LONG = 100;

  private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
  private final StringBuilder text = new StringBuilder();
  private final ByteArrayOutputStream binary = new ByteArrayOutputStream();
  private final boolean byFragment;

  /**
   * Makes one.
   *
   * @param byFragment tells of each fragment, with a dot after the last one of a message
   */
  WebSocketPeer(boolean byFragment) {
    this.byFragment = byFragment;
  }

  /** The next thing that it saw. */
  String seen() throws InterruptedException {
    var next = seen.poll(20, TimeUnit.SECONDS);
    return next == null ? "nothing" : next;
  }

  /** What is said of a long message: its length and a digest. */
  static String summary(byte[] bytes) {
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return bytes.length + " " + HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
    if (byFragment) {
      seen.add(data + (last ? "." : ""));
    } else {
      text.append(data);
      if (last) {
        seen.add(
            text.length() < LONG
                ? text.toString()
                : summary(text.toString().getBytes(StandardCharsets.UTF_8)));
        text.setLength(0);
      }
    }
    socket.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
    var bytes = new byte[data.remaining()];
    data.get(bytes);
    binary.writeBytes(bytes);
    if (last) {
      seen.add(summary(binary.toByteArray()));
      binary.reset();
    }
    socket.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
    seen.add("ping " + StandardCharsets.UTF_8.decode(message));
    socket.request(1);
    return null; // the client answers by itself
  }

  @Override
  public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
    seen.add("pong " + StandardCharsets.UTF_8.decode(message));
    socket.request(1);
    return null;
  }

  @Override
  public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
    seen.add("close " + code + " " + reason);
    return null;
  }

  @Override
  public void onError(WebSocket socket, Throwable error) {
    seen.add("error");
  }
}
