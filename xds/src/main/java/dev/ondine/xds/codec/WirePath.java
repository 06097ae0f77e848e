package dev.ondine.xds.codec;

import java.util.Arrays;

/**
 * Where in a message a reader is: {@code virtual_hosts[0].routes[3].match}. Built from what is
 * pushed only when somebody asks, which is when something is wrong.
 */
final class WirePath {
  /** No index: the field is not repeated. */
  static final int NONE = -1;

  private String[] names = new String[16];
  private int[] indexes = new int[16];
  private int depth;

  void push(String name, int index) {
    if (depth == names.length) {
      names = Arrays.copyOf(names, depth * 2);
      indexes = Arrays.copyOf(indexes, depth * 2);
    }
    names[depth] = name;
    indexes[depth] = index;
    depth++;
  }

  void pop() {
    depth--;
  }

  int depth() {
    return depth;
  }

  /** This place. */
  @Override
  public String toString() {
    var path = new StringBuilder();
    for (var i = 0; i < depth; i++) {
      if (i > 0) {
        path.append('.');
      }
      path.append(names[i]);
      if (indexes[i] != NONE) {
        path.append('[').append(indexes[i]).append(']');
      }
    }
    return path.toString();
  }

  /** A field of the message at this place. */
  String field(String name) {
    return depth == 0 ? name : this + "." + name;
  }
}
