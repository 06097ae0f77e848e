package dev.ondine.proxy.http.http2;

import dev.ondine.proxy.http.Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/** Headers of an HTTP/2 message as the HPACK decoder made them, without pseudo-header fields. */
final class FieldList implements Headers {
  private final Http2Headers fields;

  /** Takes over headers from which the pseudo-header fields have been removed. */
  FieldList(Http2Headers fields) {
    this.fields = fields;
  }

  /** Names and values in turn as HPACK takes them; what came by HTTP/2 is not copied. */
  static AsciiString[] encoded(Headers headers) {
    var encoded = new AsciiString[2 * headers.size()];
    headers.forEach(
        new Headers.Visitor() {
          private int next;

          @Override
          public void field(CharSequence name, CharSequence value) {
            encoded[next++] = AsciiString.of(lowerCase(name));
            encoded[next++] = AsciiString.of(value);
          }
        });
    return encoded;
  }

  @Override
  public @Nullable String get(String name) {
    var value = fields.get(lowerCase(name));
    return value == null ? null : value.toString();
  }

  @Override
  public void set(String name, String value) {
    fields.set(lowerCase(name), value);
  }

  @Override
  public void add(String name, String value) {
    fields.add(lowerCase(name), value);
  }

  @Override
  public void remove(String name) {
    fields.remove(lowerCase(name));
  }

  @Override
  public void forEach(Visitor visitor) {
    for (var field : fields) {
      visitor.field(field.getKey(), field.getValue());
    }
  }

  @Override
  public int size() {
    return fields.size();
  }

  @Override
  public boolean contains(String name) {
    return fields.contains(lowerCase(name));
  }

  @Override
  public String toString() {
    return fields.toString();
  }

  /** RFC 9113, section 8.2: names travel in lower case. Most are already, and stay as they are. */
  private static CharSequence lowerCase(CharSequence name) {
    for (var i = 0; i < name.length(); i++) {
      if (isUpperCase(name.charAt(i))) {
        return AsciiString.of(name).toLowerCase();
      }
    }
    return name;
  }

  private static boolean isUpperCase(char c) {
    return c >= 'A' && c <= 'Z';
  }
}
