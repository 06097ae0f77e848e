package dev.ondine.it.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How one origin would cut a connection's bytes into requests. Origins differ in what they forgive;
 * a proxy is safe if all of them read the same requests from what it sends.
 *
 * <p>Written for this purpose, without a line of the codec that it checks.
 */
enum OriginReading {
  /** Forgives nothing: what it cannot read is an error of the proxy. */
  STRICT,
  /** Takes a line feed alone for the end of a line. */
  BARE_LF,
  /** Believes Content-Length where Transfer-Encoding is there too. */
  LENGTH_FIRST,
  /** Takes whatever mentions chunked, in a field whose name merely resembles it. */
  LOOSE_CODING,
  /** Reads a chunk size up to the first byte that is no digit, in 32 bits. */
  LOOSE_CHUNKS;

  /** What the message begins with when a head tells two lengths of its body. */
  static final String CONTRADICTION = "contradictory framing";

  private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

  /**
   * A request as the origin sees it.
   *
   * @param complete false if the connection ended, or stands, before the request did
   */
  record Seen(String method, String target, String body, boolean complete) {
    Seen {
      requireNonNull(body, "body");
    }
  }

  /** What the origin cannot make sense of. */
  static final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnreadableException(String message) {
      super(message);
    }
  }

  /** All requests of a connection. */
  List<Seen> read(byte[] bytes) {
    var text = new String(bytes, ISO_8859_1);
    var seen = new ArrayList<Seen>();
    var at = 0;
    while (at < text.length()) {
      var headEnd = headEnd(text, at);
      if (headEnd < 0) {
        seen.add(new Seen("", "", text.substring(at), false));
        break;
      }
      var head = lines(text.substring(at, headEnd));
      var first = head.getFirst().split(" ", -1);
      if (first.length != 3 || !first[0].matches(TOKEN) || !first[2].equals("HTTP/1.1")) {
        throw new UnreadableException(this + ": request line " + head.getFirst());
      }
      var body = new Body(text, headEnd);
      switch (framing(head.subList(1, head.size()))) {
        case CHUNKED -> body.chunked();
        case 0 -> {}
        default -> body.fixed(framing(head.subList(1, head.size())));
      }
      seen.add(new Seen(first[0], first[1], body.content.toString(), body.complete));
      at = body.at;
    }
    return seen;
  }

  private static final int CHUNKED = -1;

  private int headEnd(String text, int from) {
    var end = text.indexOf("\r\n\r\n", from);
    end = end < 0 ? -1 : end + 4;
    if (this == BARE_LF) {
      var bare = text.indexOf("\n\n", from);
      var mixed = text.indexOf("\n\r\n", from);
      for (var candidate : new int[] {bare < 0 ? -1 : bare + 2, mixed < 0 ? -1 : mixed + 3}) {
        end = candidate >= 0 && (end < 0 || candidate < end) ? candidate : end;
      }
    }
    return end;
  }

  private List<String> lines(String head) {
    var lines = List.of(head.split(this == BARE_LF ? "\r?\n" : "\r\n", -1));
    return lines.stream().takeWhile(line -> !line.isEmpty()).toList();
  }

  private int framing(List<String> fields) {
    var length = -1;
    var chunked = false;
    var codings = 0;
    for (var field : fields) {
      var colon = field.indexOf(':');
      var name = colon < 0 ? "" : field.substring(0, colon);
      if (this == STRICT && (!name.matches(TOKEN) || !isValue(field.substring(colon + 1)))) {
        throw new UnreadableException("field " + field);
      }
      var value = field.substring(colon + 1).strip();
      switch (likeness(name)) {
        case "content-length" -> {
          if (length >= 0 || !value.matches("[0-9]{1,9}")) {
            throw new UnreadableException(this + ": lengths " + fields);
          }
          length = Integer.parseInt(value);
        }
        case "transfer-encoding" -> {
          codings++;
          chunked |= isChunked(value);
        }
        default -> {}
      }
    }
    if (this == STRICT && ((length >= 0 && codings > 0) || codings > 1 || chunked != codings > 0)) {
      throw new UnreadableException(CONTRADICTION + " " + fields);
    }
    if (this == LENGTH_FIRST && length >= 0) {
      return length;
    }
    return chunked ? CHUNKED : Math.max(0, length);
  }

  private String likeness(String name) {
    var lower = name.toLowerCase(Locale.ROOT);
    return this == LOOSE_CODING ? lower.replaceAll("[\\x00-\\x20\\x7f-\\xff]", "") : lower;
  }

  private boolean isChunked(String value) {
    var lower = value.toLowerCase(Locale.ROOT);
    return this == LOOSE_CODING ? lower.contains("chunked") : lower.equals("chunked");
  }

  private static boolean isValue(String value) {
    return value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c != 0x7f));
  }

  /** Reads one body. */
  private final class Body {
    private final String text;
    private final StringBuilder content = new StringBuilder();
    private int at;
    private boolean complete = true;

    Body(String text, int at) {
      this.text = text;
      this.at = at;
    }

    void fixed(int length) {
      complete = length <= text.length() - at;
      var end = complete ? at + length : text.length();
      content.append(text, at, end);
      at = end;
    }

    void chunked() {
      while (true) {
        var line = line();
        if (line == null) {
          return;
        }
        var size = size(line);
        if (size == 0) {
          break;
        }
        fixed(size);
        if (!complete) {
          return;
        }
        var end = line();
        if (end == null) {
          return;
        }
        if (!end.isEmpty()) {
          throw new UnreadableException(OriginReading.this + ": a chunk's end is " + end);
        }
      }
      for (var trailer = line(); trailer != null && !trailer.isEmpty(); trailer = line()) {
        if (OriginReading.this == STRICT && !trailer.matches(TOKEN + ":[\\t -~\\x80-\\xff]*")) {
          throw new UnreadableException("trailer " + trailer);
        }
      }
    }

    private int size(String line) {
      if (OriginReading.this == LOOSE_CHUNKS) {
        var digits = line.strip().replaceFirst("[^0-9A-Fa-f].*", "");
        return digits.isEmpty() ? 0 : (int) Long.parseUnsignedLong(last16(digits), 16);
      }
      if (!line.matches("[0-9A-Fa-f]{1,7}")) { // extensions are never passed on
        throw new UnreadableException(OriginReading.this + ": chunk size " + line);
      }
      return Integer.parseInt(line, 16);
    }

    private static String last16(String digits) {
      return digits.substring(Math.max(0, digits.length() - 16));
    }

    /** The next line, or null, and the body is incomplete. */
    private @Nullable String line() {
      var end = text.indexOf(OriginReading.this == BARE_LF ? "\n" : "\r\n", at);
      if (end < 0) {
        complete = false;
        content.append(text, at, text.length());
        at = text.length();
        return null;
      }
      var line = text.substring(at, end);
      at = end + (OriginReading.this == BARE_LF ? 1 : 2);
      return OriginReading.this == BARE_LF && line.endsWith("\r")
          ? line.substring(0, line.length() - 1)
          : line;
    }
  }
}
