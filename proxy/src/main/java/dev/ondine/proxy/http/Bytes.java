package dev.ondine.proxy.http;

import java.nio.charset.StandardCharsets;

/**
 * A piece of a body, counted by reference: who receives it owns it and releases it, or passes it
 * on.
 *
 * <p>What comes from a connection is backed by its read buffer and passed on without copying.
 */
public interface Bytes {
  /** How many there are. */
  int length();

  /** The byte at an index from 0. */
  byte at(int index);

  /** A copy of all of them; does not release. */
  byte[] toArray();

  /** Takes one more reference, for one more owner. */
  Bytes retain();

  /** Gives the reference back. */
  void release();

  /** These bytes, which belong to the garbage collector alone. */
  static Bytes of(byte[] bytes) {
    return new HeapBytes(bytes);
  }

  /** Text in UTF-8. */
  static Bytes of(String text) {
    return new HeapBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
