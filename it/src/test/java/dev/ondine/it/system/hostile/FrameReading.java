package dev.ondine.it.system.hostile;

import dev.ondine.testkit.http2.Frame;
import dev.ondine.testkit.http2.RawHttp2;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Reads what a client of HTTP/2 gets, stream by stream. */
final class FrameReading {
  private final RawHttp2 client;
  private final Map<Integer, String> streams = new TreeMap<>();
  private final Set<Integer> ended = new HashSet<>();
  private final StringBuilder text = new StringBuilder();
  private String goAway = "";
  private boolean closed;
  private boolean silent;

  FrameReading(RawHttp2 client) {
    this.client = client;
  }

  /** Reads until these streams are over, or all is. */
  void until(Set<Integer> wanted) throws IOException {
    while (!closed && !silent && !ended.containsAll(wanted)) {
      next();
    }
  }

  /** Reads to the end of the connection. */
  void toTheEnd() throws IOException {
    while (!closed && !silent) {
      next();
    }
  }

  private void next() throws IOException {
    try {
      var frame = client.read();
      if (frame.isEmpty()) {
        closed = true;
      } else {
        took(frame.get());
      }
    } catch (SocketTimeoutException e) {
      silent = true;
    }
  }

  private void took(Frame frame) {
    var end = frame.has(Frame.END_STREAM);
    switch (frame.type()) {
      case Frame.HEADERS -> {
        head(frame);
        over(frame.stream(), end);
      }
      case Frame.DATA -> {
        text.append(frame.text());
        over(frame.stream(), end);
      }
      case Frame.RST_STREAM -> {
        if (!ended.contains(frame.stream())) { // else it only stops what the client still sends
          came(frame.stream(), ErrorCode.name(frame.errorCode()));
        }
        over(frame.stream(), true);
      }
      case Frame.GOAWAY -> goAway = ErrorCode.name(frame.errorCode());
      default -> {}
    }
  }

  private void head(Frame frame) {
    try {
      var fields = client.fields(frame);
      fields.forEach((name, value) -> text.append(name + ": " + value + "\n"));
      var status = fields.get(":status");
      if (status != null) {
        came(frame.stream(), status);
      }
    } catch (Http2Exception e) {
      came(frame.stream(), "undecodable");
    }
  }

  private void came(int stream, String what) {
    streams.merge(stream, what, (before, more) -> before + "+" + more);
  }

  private void over(int stream, boolean isOver) {
    if (isOver) {
      ended.add(stream);
    }
  }

  Map<Integer, String> streams() {
    return streams;
  }

  String goAway() {
    return goAway;
  }

  boolean isClosed() {
    return closed;
  }

  String text() {
    return text.toString();
  }
}
