package dev.ondine.proxy.transport;

/** Something that was written to and wants to be flushed once, at the end of a loop's turn. */
@FunctionalInterface
public interface Flushable {
  /** Hands everything written to the kernel. */
  void flush();
}
