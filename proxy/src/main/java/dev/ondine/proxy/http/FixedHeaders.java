package dev.ondine.proxy.http;

import org.jspecify.annotations.Nullable;

/** Headers without a field, shared by all who need none. */
final class FixedHeaders implements Headers {
  static final FixedHeaders NONE = new FixedHeaders();

  private FixedHeaders() {}

  @Override
  public @Nullable String get(String name) {
    return null;
  }

  @Override
  public void set(String name, String value) {
    throw new UnsupportedOperationException("shared headers, setting " + name);
  }

  @Override
  public void add(String name, String value) {
    throw new UnsupportedOperationException("shared headers, adding " + name);
  }

  @Override
  public void remove(String name) {}

  @Override
  public void forEach(Visitor visitor) {}

  @Override
  public int size() {
    return 0;
  }
}
