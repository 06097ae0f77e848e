package dev.ondine.it.system.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ondine.testkit.http2.Frame;
import dev.ondine.testkit.http2.RawHttp2;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Frames in words, such as {@code POST(1, /a) DATA(1, "abc", end) PING()*10}. */
final class FrameScript {
  /** One step of it. */
  sealed interface Step {
    /** Sends a frame so many times. */
    record Send(Frame frame, int times) implements Step {}

    /** Waits until more has reached the workload. */
    record AwaitUpstream() implements Step {}

    /** Ends the connection. */
    record Close() implements Step {}
  }

  private static final List<String> KNOWN =
      List.of(
          "GET(stream or first..last, path, name=value…)",
          "POST(stream, path, name=value…)",
          "HEADERS(stream, [end], [more], name=value…)",
          "CONTINUATION(stream, [last], name=value…)",
          "DATA(stream, text, [end])",
          "RST_STREAM(stream, CODE)",
          "PRIORITY(stream, dependency)",
          "WINDOW_UPDATE(stream, increment)",
          "SETTINGS(id=value…)",
          "PING()",
          "GOAWAY(CODE)",
          "PUSH_PROMISE(stream, promised)",
          "FRAME(type, flags, stream, bytes)",
          "WAIT()",
          "CLOSE()");

  private FrameScript() {}

  static List<Step> parse(String text, String host) {
    var steps = new ArrayList<Step>();
    var at = 0;
    while (at < text.length()) {
      if (text.charAt(at) == ' ') {
        at++;
        continue;
      }
      var open = text.indexOf('(', at);
      var close = open < 0 ? -1 : closing(text, open);
      if (close < 0) {
        throw new DataException("'" + text.substring(at) + "' is no NAME(…)");
      }
      var name = text.substring(at, open);
      var arguments = Arguments.parse(text.substring(open + 1, close), host);
      at = close + 1;
      var end = at;
      while (end < text.length() && text.charAt(end) != ' ') {
        end++;
      }
      var times = end == at ? 1 : times(text.substring(at, end));
      at = end;
      switch (name) {
        case "WAIT" -> steps.add(new Step.AwaitUpstream());
        case "CLOSE" -> steps.add(new Step.Close());
        case "GET" -> steps.addAll(gets(arguments, times));
        default -> steps.add(send(name, arguments, times));
      }
    }
    return steps;
  }

  private static int times(String text) {
    if (!text.matches("\\*[1-9]\\d*")) {
      throw new DataException("'" + text + "' behind a frame is not *COUNT");
    }
    return Integer.parseInt(text.substring(1));
  }

  private static int closing(String text, int open) {
    var quoted = false;
    for (var i = open; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case '\\' -> i++;
        case '"' -> quoted = !quoted;
        case ')' -> {
          if (!quoted) {
            return i;
          }
        }
        default -> {}
      }
    }
    return -1;
  }

  private static Step send(String name, Arguments arguments, int times) {
    var frame = frame(name, arguments);
    arguments.checkAllUsed(name);
    return new Step.Send(frame, times);
  }

  private static List<Step> gets(Arguments from, int times) {
    var streams = Streams.parse(from.text("stream"));
    var path = from.text("path");
    var fields = from.fields();
    return streams.stream()
        .<Step>map(stream -> new Step.Send(request("GET", stream, path, fields), times))
        .toList();
  }

  private static Frame frame(String name, Arguments from) {
    return switch (name) {
      case "POST" -> request(name, from.number("stream"), from.text("path"), from.fields());
      case "HEADERS" -> {
        var stream = from.number("stream");
        var flags = from.word("end") ? Frame.END_STREAM : 0;
        flags |= from.word("more") ? 0 : Frame.END_HEADERS;
        yield new Frame(Frame.HEADERS, flags, stream, from.block());
      }
      case "CONTINUATION" -> {
        var stream = from.number("stream");
        var flags = from.word("last") ? Frame.END_HEADERS : 0;
        yield new Frame(Frame.CONTINUATION, flags, stream, from.block());
      }
      case "DATA" -> {
        var stream = from.number("stream");
        var text = from.text("text");
        yield new Frame(Frame.DATA, from.word("end") ? Frame.END_STREAM : 0, stream, bytes(text));
      }
      case "RST_STREAM" -> new Frame(Frame.RST_STREAM, 0, from.number("stream"), ints(from.code()));
      case "PRIORITY" -> {
        var stream = from.number("stream");
        var payload = ByteBuffer.allocate(5).putInt(from.number("dependency")).put((byte) 1);
        yield new Frame(Frame.PRIORITY, 0, stream, payload.flip());
      }
      case "WINDOW_UPDATE" ->
          new Frame(Frame.WINDOW_UPDATE, 0, from.number("stream"), ints(from.number("increment")));
      case "SETTINGS" -> new Frame(Frame.SETTINGS, 0, 0, from.settings());
      case "PING" -> new Frame(Frame.PING, 0, 0, ByteBuffer.allocate(8));
      case "GOAWAY" -> new Frame(Frame.GOAWAY, 0, 0, ints(0, from.code()));
      case "PUSH_PROMISE" ->
          new Frame(
              Frame.PUSH_PROMISE,
              Frame.END_HEADERS,
              from.number("stream"),
              ints(from.number("promised")));
      case "FRAME" ->
          new Frame(
              from.number("type"),
              from.number("flags"),
              from.number("stream"),
              bytes(from.text("bytes")));
      default -> throw new DataException("unknown frame '" + name + "'; known: " + KNOWN);
    };
  }

  private static Frame request(String method, int stream, String path, List<String> more) {
    var fields =
        new ArrayList<>(
            List.of(":method", method, ":scheme", "http", ":path", path, ":authority", Mesh.HOST));
    fields.addAll(more);
    var flags = Frame.END_HEADERS | (method.equals("GET") ? Frame.END_STREAM : 0);
    var block = RawHttp2.block(fields.toArray(new String[0]));
    return new Frame(Frame.HEADERS, flags, stream, ByteBuffer.wrap(block));
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }

  private static ByteBuffer ints(int... values) {
    var payload = ByteBuffer.allocate(4 * values.length);
    for (var value : values) {
      payload.putInt(value);
    }
    return payload.flip();
  }
}
