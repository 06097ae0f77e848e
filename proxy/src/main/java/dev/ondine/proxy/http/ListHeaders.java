package dev.ondine.proxy.http;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Headers as a list of names and values in turn: for local replies and for tests. */
final class ListHeaders implements Headers {
  private final List<String> fields = new ArrayList<>();

  static ListHeaders of(String... namesAndValues) {
    var headers = new ListHeaders();
    for (var i = 0; i < namesAndValues.length; i += 2) {
      headers.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return headers;
  }

  @Override
  public @Nullable String get(String name) {
    for (var i = 0; i < fields.size(); i += 2) {
      if (fields.get(i).equalsIgnoreCase(name)) {
        return fields.get(i + 1);
      }
    }
    return null;
  }

  @Override
  public void set(String name, String value) {
    remove(name);
    add(name, value);
  }

  @Override
  public void add(String name, String value) {
    fields.add(name);
    fields.add(value);
  }

  @Override
  public void remove(String name) {
    for (var i = fields.size() - 2; i >= 0; i -= 2) {
      if (fields.get(i).equalsIgnoreCase(name)) {
        fields.subList(i, i + 2).clear();
      }
    }
  }

  @Override
  public void forEach(Visitor visitor) {
    for (var i = 0; i < fields.size(); i += 2) {
      visitor.field(fields.get(i), fields.get(i + 1));
    }
  }

  @Override
  public int size() {
    return fields.size() / 2;
  }

  @Override
  public String toString() {
    return fields.toString();
  }
}
