package dev.ondine.it.fuzz;

/** A parser that reads what strangers send. */
public interface FuzzTarget {
  /** What the user calls it by, and the name of its folder of seeds. */
  String name();

  /** Parses one input. Throws when a property does not hold; a proper refusal is none of it. */
  void parse(byte[] input);
}
