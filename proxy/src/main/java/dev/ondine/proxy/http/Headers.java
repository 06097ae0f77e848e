package dev.ondine.proxy.http;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Header or trailer fields in order; names compare without regard to case. Confined to the loop of
 * its exchange.
 *
 * <p>Codecs bring their own implementation, so that a head passes from one connection to another of
 * the same protocol without being copied. Values hold no CR, LF or NUL: codecs refuse them when
 * reading, and whoever sets a value must not bring one in.
 */
public interface Headers {
  /** The first value of that name, or null. */
  @Nullable String get(String name);

  /** Replaces all values of that name by this one. */
  void set(String name, String value);

  /** Adds a value, after those that are there. */
  void add(String name, String value);

  /** Removes all values of that name. */
  void remove(String name);

  /** Shows every field, in order. */
  void forEach(Visitor visitor);

  /** How many fields there are; a name with two values counts twice. */
  int size();

  /** True if some value of that name is there. */
  default boolean contains(String name) {
    return get(name) != null;
  }

  /** All values of that name, in order. */
  default List<String> all(String name) {
    var values = new ArrayList<String>(2);
    forEach(
        (n, value) -> {
          if (name.length() == n.length() && name.equalsIgnoreCase(n.toString())) {
            values.add(value.toString());
          }
        });
    return values;
  }

  /** No fields; for trailers that are not there. Never changed: setting throws. */
  static Headers none() {
    return FixedHeaders.NONE;
  }

  /** New headers of the given names and values in turn, to which more can be added. */
  static Headers of(String... namesAndValues) {
    return ListHeaders.of(namesAndValues);
  }

  /** Is shown the fields. */
  @FunctionalInterface
  interface Visitor {
    /** One field; the sequences hold ISO-8859-1 characters only. */
    void field(CharSequence name, CharSequence value);
  }
}
