package dev.ondine.it.system.hostile;

import dev.ondine.testkit.http2.RawHttp2;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** What stands in the brackets of a frame: taken from left to right, each once. */
final class Arguments {
  private final List<String> texts = new ArrayList<>();
  private int next;

  private Arguments() {}

  /** Cuts at commas outside of quotes; quotes are taken off, escapes read. */
  static Arguments parse(String text, String host) {
    var arguments = new Arguments();
    var quoted = false;
    var start = 0;
    for (var i = 0; i < text.length(); i++) {
      switch (text.charAt(i)) {
        case '\\' -> i++;
        case '"' -> quoted = !quoted;
        case ',' -> {
          if (!quoted) {
            arguments.add(text.substring(start, i), host);
            start = i + 1;
          }
        }
        default -> {}
      }
    }
    if (!text.isBlank()) {
      arguments.add(text.substring(start), host);
    }
    return arguments;
  }

  private void add(String text, String host) {
    var stripped = text.strip();
    var unquoted =
        stripped.length() > 1 && stripped.startsWith("\"") && stripped.endsWith("\"")
            ? stripped.substring(1, stripped.length() - 1)
            : stripped;
    texts.add(Escapes.text(unquoted, host));
  }

  String text(String what) {
    if (next == texts.size()) {
      throw new DataException("a frame lacks its " + what);
    }
    return texts.get(next++);
  }

  int number(String what) {
    var text = text(what);
    try {
      return Integer.decode(text);
    } catch (NumberFormatException e) {
      throw new DataException("'" + text + "' as " + what + " is no number");
    }
  }

  int code() {
    return ErrorCode.of(text("error code"));
  }

  /** Whether this word comes next; then it is taken. */
  boolean word(String word) {
    if (next < texts.size() && texts.get(next).equals(word)) {
      next++;
      return true;
    }
    return false;
  }

  /** Names and values of all that is left. A name may begin with a colon. */
  List<String> fields() {
    var fields = new ArrayList<String>();
    while (next < texts.size()) {
      var text = texts.get(next++);
      var equals = text.indexOf('=');
      if (equals < 0) {
        throw new DataException("'" + text + "' is not NAME=VALUE");
      }
      fields.add(text.substring(0, equals));
      fields.add(text.substring(equals + 1));
    }
    return fields;
  }

  ByteBuffer block() {
    return ByteBuffer.wrap(RawHttp2.block(fields().toArray(new String[0])));
  }

  ByteBuffer settings() {
    var fields = fields();
    var payload = ByteBuffer.allocate(3 * fields.size());
    for (var i = 0; i < fields.size(); i += 2) {
      payload.putShort(Short.parseShort(fields.get(i)));
      payload.putInt((int) Long.parseLong(fields.get(i + 1)));
    }
    return payload.flip();
  }

  void checkAllUsed(String name) {
    if (next < texts.size()) {
      throw new DataException("'" + texts.get(next) + "' is too much for " + name);
    }
  }
}
