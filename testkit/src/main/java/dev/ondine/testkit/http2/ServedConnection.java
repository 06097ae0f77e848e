package dev.ondine.testkit.http2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ondine.testkit.http1.Recorded;
import dev.ondine.testkit.http1.Recorded.State;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One connection to a {@link FrameOrigin}. Confined to the thread that reads it. */
final class ServedConnection {
  private static final int WINDOW = 65_535;
  private static final int MAX_FRAME = 16_384;
  private static final int INITIAL_WINDOW_SIZE = 4;

  private final FrameOrigin origin;
  private final RawHttp2 connection;
  private final Map<Integer, Stream> streams = new TreeMap<>();
  private int initialCredit = WINDOW;
  private long credit = WINDOW;
  private boolean closed;

  /** A request and what is still to be answered. */
  private static final class Stream {
    final int id;
    final Recorded recorded;
    final String method;
    final String target;
    long credit;
    long unsent;

    Stream(int id, Recorded recorded, String method, String target, long credit) {
      this.id = id;
      this.recorded = recorded;
      this.method = method;
      this.target = target;
      this.credit = credit;
    }
  }

  ServedConnection(FrameOrigin origin, RawHttp2 connection) {
    this.origin = origin;
    this.connection = connection;
  }

  void serve() throws IOException {
    try {
      while (!closed) {
        var frame = connection.read();
        if (frame.isEmpty()) {
          return;
        }
        took(frame.get());
      }
    } finally {
      var how = closed ? State.CLOSED_HERE : State.CLOSED_BY_PEER;
      streams.values().forEach(stream -> stream.recorded.ended(how));
    }
  }

  private void took(Frame frame) throws IOException {
    switch (frame.type()) {
      case Frame.HEADERS -> head(whole(frame));
      case Frame.DATA -> body(frame);
      case Frame.RST_STREAM -> over(frame.stream(), State.CLOSED_BY_PEER);
      case Frame.SETTINGS -> {
        if (!frame.has(Frame.ACK)) {
          settings(frame);
          connection.send(Frame.SETTINGS, Frame.ACK, 0);
        }
      }
      case Frame.PING -> {
        if (!frame.has(Frame.ACK)) {
          connection.send(new Frame(Frame.PING, Frame.ACK, 0, frame.payload()));
        }
      }
      case Frame.WINDOW_UPDATE -> {
        if (frame.stream() == 0) {
          credit += frame.intAt(0);
        } else {
          var stream = streams.get(frame.stream());
          if (stream != null) {
            stream.credit += frame.intAt(0);
          }
        }
        sendBodies();
      }
      default -> {}
    }
  }

  private void settings(Frame frame) throws IOException {
    for (var at = 0; at < frame.length(); at += 6) {
      if (frame.payload().getShort(at) == INITIAL_WINDOW_SIZE) {
        var window = frame.intAt(at + 2);
        for (var stream : streams.values()) {
          stream.credit += window - initialCredit;
        }
        initialCredit = window;
      }
    }
    sendBodies();
  }

  /** A header block is one for HPACK, in however many frames it came. */
  private Frame whole(Frame first) throws IOException {
    if (first.has(Frame.END_HEADERS)) {
      return first;
    }
    var block = new ByteArrayOutputStream();
    var part = first;
    while (true) {
      var bytes = new byte[part.length()];
      part.payload().duplicate().get(bytes);
      block.writeBytes(bytes);
      if (part.has(Frame.END_HEADERS)) {
        return new Frame(
            Frame.HEADERS, first.flags(), first.stream(), ByteBuffer.wrap(block.toByteArray()));
      }
      part = connection.read().orElseThrow(() -> new IOException("ends in a header block"));
    }
  }

  private void head(Frame frame) throws IOException {
    var fields = fields(frame);
    var known = streams.get(frame.stream());
    if (known != null) {
      known.recorded.add(lines(fields).getBytes(ISO_8859_1)); // trailers
      end(known, frame);
      return;
    }
    var pseudo = new TreeMap<String, String>();
    var others = new ArrayList<Map.Entry<String, String>>();
    for (var field : fields) {
      if (field.getKey().startsWith(":")) {
        pseudo.put(field.getKey(), field.getValue());
      } else {
        others.add(field);
      }
    }
    var method = pseudo.getOrDefault(":method", "");
    var target = pseudo.getOrDefault(":path", "");
    var stream = new Stream(frame.stream(), origin.begin(), method, target, initialCredit);
    streams.put(stream.id, stream);
    var text =
        method
            + " "
            + target
            + " HTTP/1.1\r\nhost: "
            + pseudo.getOrDefault(":authority", "")
            + "\r\n"
            + lines(others)
            + "\r\n";
    stream.recorded.add(text.getBytes(ISO_8859_1));
    if (origin.answerTo(target) instanceof FrameAnswer.Frames frames) {
      send(stream, frames.atHead());
    }
    end(stream, frame);
  }

  private List<Map.Entry<String, String>> fields(Frame frame) throws IOException {
    try {
      return connection.allFields(frame);
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
  }

  private static String lines(List<Map.Entry<String, String>> fields) {
    var text = new StringBuilder();
    fields.forEach(f -> text.append(f.getKey()).append(": ").append(f.getValue()).append("\r\n"));
    return text.toString();
  }

  private void body(Frame frame) throws IOException {
    if (frame.length() > 0) {
      connection.sendInt(Frame.WINDOW_UPDATE, 0, frame.length());
    }
    var stream = streams.get(frame.stream());
    if (stream == null) {
      return;
    }
    if (frame.length() > 0 && !frame.has(Frame.END_STREAM)) {
      connection.sendInt(Frame.WINDOW_UPDATE, stream.id, frame.length());
    }
    var bytes = new byte[frame.length()];
    frame.payload().duplicate().get(bytes);
    stream.recorded.add(bytes);
    end(stream, frame);
  }

  private void end(Stream stream, Frame frame) throws IOException {
    if (!frame.has(Frame.END_STREAM)) {
      return;
    }
    stream.recorded.completed();
    switch (origin.answerTo(stream.target)) {
      case FrameAnswer.Target _ -> answer(stream);
      case FrameAnswer.Body(var bytes) -> {
        connection.headers(
            stream.id, false, ":status", "200", "content-length", Long.toString(bytes));
        stream.unsent = bytes;
        sendBodies();
      }
      case FrameAnswer.Frames(var _, var atEnd, var closes) -> {
        send(stream, atEnd);
        closed |= closes;
      }
    }
  }

  private void answer(Stream stream) throws IOException {
    var head = stream.method.equals("HEAD");
    connection.headers(
        stream.id,
        head,
        ":status",
        "200",
        "content-length",
        Integer.toString(stream.target.length()),
        "x-target",
        stream.target);
    if (!head) {
      connection.send(Frame.DATA, Frame.END_STREAM, stream.id, stream.target.getBytes(ISO_8859_1));
    }
    over(stream.id, State.CLOSED_HERE);
  }

  private void send(Stream stream, List<Frame> frames) throws IOException {
    for (var frame : frames) {
      connection.send(frame.stream() == 0 ? frame : frame.on(stream.id + frame.stream() - 1));
    }
  }

  private void sendBodies() throws IOException {
    for (var stream : List.copyOf(streams.values())) {
      while (stream.unsent > 0 && stream.credit > 0 && credit > 0) {
        var count =
            (int) Math.min(Math.min(stream.unsent, MAX_FRAME), Math.min(stream.credit, credit));
        stream.unsent -= count;
        stream.credit -= count;
        credit -= count;
        var last = stream.unsent == 0;
        connection.send(Frame.DATA, last ? Frame.END_STREAM : 0, stream.id, new byte[count]);
        if (last) {
          over(stream.id, State.CLOSED_HERE);
        }
      }
    }
  }

  private void over(int id, State how) {
    var stream = streams.remove(id);
    if (stream != null) {
      stream.recorded.ended(how);
    }
  }
}
