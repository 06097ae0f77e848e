package dev.ondine.proxy.http.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ondine.proxy.http.Headers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Fields as they stood on the wire: one array with the whole head, and where each field lies in it.
 *
 * <p>A field that nobody asks for never becomes a string, and lines that nobody changed leave as
 * they came, in one copy.
 */
final class RawHeaders implements Headers {
  private static final int INTS = 4; // name start, name end, value start, value end
  private static final int ROOM_FOR_FIELDS = 16;

  private byte[] bytes;
  private int used;
  private int[] fields = new int[ROOM_FOR_FIELDS * INTS];
  private int size;

  /**
   * Headers over an array that now belongs to them.
   *
   * @param used where fields that are added go
   */
  RawHeaders(byte[] bytes, int used) {
    this.bytes = bytes;
    this.used = used;
  }

  /** Says where a field lies. */
  void found(int nameStart, int nameEnd, int valueStart, int valueEnd) {
    var at = size * INTS;
    if (at == fields.length) {
      fields = Arrays.copyOf(fields, fields.length * 2);
    }
    fields[at] = nameStart;
    fields[at + 1] = nameEnd;
    fields[at + 2] = valueStart;
    fields[at + 3] = valueEnd;
    size++;
  }

  byte[] bytes() {
    return bytes;
  }

  int valueStart(int field) {
    return fields[field * INTS + 2];
  }

  int valueEnd(int field) {
    return fields[field * INTS + 3];
  }

  boolean isNamed(int field, String lowerCase) {
    var at = field * INTS;
    return Syntax.equalsIgnoreCase(bytes, fields[at], fields[at + 1], lowerCase);
  }

  String value(int field) {
    var start = valueStart(field);
    return new String(bytes, start, valueEnd(field) - start, ISO_8859_1);
  }

  /** The first field of that name at or after {@code from}, or -1. */
  int indexOf(String lowerCase, int from) {
    for (var i = from; i < size; i++) {
      if (isNamed(i, lowerCase)) {
        return i;
      }
    }
    return -1;
  }

  /** Removes one field. */
  void removeAt(int field) {
    var at = field * INTS;
    System.arraycopy(fields, at + INTS, fields, at, (size - field - 1) * INTS);
    size--;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public @Nullable String get(String name) {
    var field = indexOf(Text.lowerCase(name), 0);
    return field < 0 ? null : value(field);
  }

  @Override
  public boolean contains(String name) {
    return indexOf(Text.lowerCase(name), 0) >= 0;
  }

  @Override
  public void set(String name, String value) {
    remove(name);
    add(name, value);
  }

  @Override
  public void add(String name, String value) {
    Syntax.checkedValue(value);
    var nameEnd = used + name.length();
    var valueStart = nameEnd + 2;
    var valueEnd = valueStart + value.length();
    if (valueEnd + 2 > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(valueEnd + 2, bytes.length * 2));
    }
    Text.copy(name, bytes, used);
    bytes[nameEnd] = ':';
    bytes[nameEnd + 1] = Syntax.SP;
    Text.copy(value, bytes, valueStart);
    bytes[valueEnd] = Syntax.CR;
    bytes[valueEnd + 1] = Syntax.LF;
    found(used, nameEnd, valueStart, valueEnd);
    used = valueEnd + 2;
  }

  @Override
  public void remove(String name) {
    var lowerCase = Text.lowerCase(name);
    for (var i = indexOf(lowerCase, 0); i >= 0; i = indexOf(lowerCase, i)) {
      removeAt(i);
    }
  }

  @Override
  public void forEach(Visitor visitor) {
    for (var i = 0; i < size; i++) {
      var at = i * INTS;
      var name = new String(bytes, fields[at], fields[at + 1] - fields[at], ISO_8859_1);
      visitor.field(name, value(i));
    }
  }

  /**
   * Writes all lines but those of one name.
   *
   * @param without lower case
   */
  void writeTo(HeadWriter out, String without) {
    var start = 0;
    var end = 0; // of the run of lines that lie one after the other
    for (var i = 0; i < size; i++) {
      if (isNamed(i, without)) {
        continue;
      }
      var at = i * INTS;
      if (fields[at] != end) {
        out.copy(bytes, start, end);
        start = fields[at];
      }
      end = fields[at + 3];
      if (bytes[end] == Syntax.CR) {
        end += 2;
      } else { // trailing blanks are left out
        out.copy(bytes, start, end);
        out.line();
        start = end;
      }
    }
    out.copy(bytes, start, end);
  }

  @Override
  public String toString() {
    var text = new StringBuilder();
    forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
    return text.toString();
  }
}
