package dev.ondine.model;

/** A condition on one header. */
public sealed interface HeaderMatch {
  /** The header's name, lower case. */
  String name();

  /** Some value equals this. */
  record Exact(String name, String value) implements HeaderMatch {}

  /** The header is there, or with {@code present = false} is not. */
  record Present(String name, boolean present) implements HeaderMatch {}
}
