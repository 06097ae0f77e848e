package dev.ondine.control.policy;

/**
 * One fault in what a user wrote. Parts that do not apply are empty, a line that is not known is 0.
 *
 * @param source the file, or what the caller named the text
 * @param line counted from 1
 * @param path the field, {@code spec.ports[0].port}
 * @param value the offending text as written
 * @param message what is wrong
 * @param allowed what would be right
 */
public record Problem(
    String source, int line, String path, String value, String message, String allowed) {
  /** {@code shop.yaml:7: spec.ports[0].port: 'http' is not a number (allowed: 1 to 65535)}. */
  @Override
  public String toString() {
    var text = new StringBuilder(source);
    if (line > 0) {
      text.append(':').append(line);
    }
    text.append(source.isEmpty() && line == 0 ? "" : ": ");
    if (!path.isEmpty()) {
      text.append(path).append(": ");
    }
    text.append(message);
    if (!allowed.isEmpty()) {
      text.append(" (allowed: ").append(allowed).append(')');
    }
    return text.toString();
  }
}
