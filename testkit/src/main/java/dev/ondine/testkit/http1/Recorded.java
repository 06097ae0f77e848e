package dev.ondine.testkit.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ondine.testkit.http1.RequestScan.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One connection of HTTP/1 to a {@link Recorder}, or one stream of HTTP/2, and all that came by it.
 */
public final class Recorded {
  /** How the connection is. */
  public enum State {
    OPEN,
    /** The other end closed or reset it. */
    CLOSED_BY_PEER,
    /** We closed it, because a script said so or the bytes were no HTTP. */
    CLOSED_HERE
  }

  private final int id;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final List<Integer> ends = new ArrayList<>(); // where complete requests end
  private State state = State.OPEN;
  private volatile @Nullable Socket socket;

  /** Nothing has come yet. */
  public Recorded(int id) {
    this.id = id;
  }

  /** Its number, from 0. */
  public int id() {
    return id;
  }

  /** How many bytes came. */
  public synchronized int size() {
    return received.size();
  }

  /** What came from an offset on, as ISO-8859-1. */
  public synchronized String text(int from) {
    var all = received.toByteArray();
    return new String(all, from, all.length - from, ISO_8859_1);
  }

  /** How many requests were complete behind an offset. */
  public synchronized int requests(int from) {
    return (int) ends.stream().filter(end -> end > from).count();
  }

  /** How it is now. */
  public synchronized State state() {
    return state;
  }

  void serve(Socket socket, Map<String, Script> scripts) throws IOException {
    this.socket = socket;
    var in = socket.getInputStream();
    var buffer = new byte[16 << 10];
    @Nullable Request answered = null;
    var at = 0;
    while (true) {
      var scan = RequestScan.of(bytes(), at);
      switch (scan) {
        case RequestScan.Malformed _ -> {
          ended(State.CLOSED_HERE);
          return;
        }
        case Request request -> {
          if (answered == null) {
            answered = request;
            if (!answer(socket, request, scripts)) {
              ended(State.CLOSED_HERE);
              drain(in, buffer);
              return;
            }
          }
          if (request.isComplete()) {
            completed(request.end());
            answerLate(socket, request, scripts);
            at = request.end();
            answered = null;
            continue;
          }
        }
        case RequestScan.NoHead _ -> {}
      }
      var count = in.read(buffer);
      if (count < 0) {
        ended(State.CLOSED_BY_PEER);
        return;
      }
      add(buffer, count);
    }
  }

  /** Answers what need not wait for the body; false if the connection is to end. */
  private static boolean answer(Socket socket, Request request, Map<String, Script> scripts)
      throws IOException {
    var script = scripts.get(request.target());
    return script == null || play(socket, script.steps(), false);
  }

  private static void answerLate(Socket socket, Request request, Map<String, Script> scripts)
      throws IOException {
    var script = scripts.get(request.target());
    if (script != null) {
      var late = script.steps().indexOf(new Script.Step.AwaitBody());
      if (late >= 0) {
        play(socket, script.steps().subList(late + 1, script.steps().size()), true);
      }
      return;
    }
    var body = request.method().equals("HEAD") ? "" : request.target();
    socket
        .getOutputStream()
        .write(
            ("HTTP/1.1 200 OK\r\ncontent-length: "
                    + request.target().length()
                    + "\r\nx-target: "
                    + request.target()
                    + "\r\n\r\n"
                    + body)
                .getBytes(ISO_8859_1));
  }

  private static boolean play(Socket socket, List<Script.Step> steps, boolean late)
      throws IOException {
    for (var step : steps) {
      switch (step) {
        case Script.Step.Send(var bytes) -> write(socket, bytes);
        case Script.Step.AwaitBody _ -> {
          if (!late) {
            return true;
          }
        }
        case Script.Step.Close _ -> {
          socket.shutdownOutput();
          return false;
        }
        case Script.Step.Reset _ -> {
          socket.setSoLinger(true, 0);
          socket.close();
          return false;
        }
      }
    }
    return true;
  }

  private static void write(Socket socket, ByteBuffer bytes) throws IOException {
    socket
        .getOutputStream()
        .write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
  }

  private void drain(InputStream in, byte[] buffer) throws IOException {
    for (var count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      add(buffer, count);
    }
  }

  private synchronized byte[] bytes() {
    return received.toByteArray();
  }

  private void add(byte[] bytes, int count) {
    add(Arrays.copyOf(bytes, count));
  }

  /** More came. */
  public synchronized void add(byte[] bytes) {
    received.writeBytes(bytes);
  }

  /** With all that came so far, a request is complete. */
  public synchronized void completed() {
    ends.add(received.size());
  }

  private synchronized void completed(int end) {
    ends.add(end);
  }

  /** Nothing more comes; how it ended first counts. */
  public synchronized void ended(State how) {
    if (state == State.OPEN) {
      state = how;
    }
  }

  void broke(IOException why) {
    ended(State.CLOSED_BY_PEER);
  }

  void closeQuietly() {
    var open = socket;
    if (open != null) {
      try {
        open.close();
      } catch (IOException _) {
        // it is closed, then
      }
    }
  }
}
