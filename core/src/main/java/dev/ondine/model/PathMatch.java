package dev.ondine.model;

/** How a route compares the request's path (without query). */
public sealed interface PathMatch {
  /** The path as a whole. */
  record Exact(String path) implements PathMatch {}

  /** A plain string prefix as in Envoy's {@code prefix}; {@code /} matches everything. */
  record Prefix(String prefix) implements PathMatch {}

  /** Whole path segments: {@code /a} matches {@code /a} and {@code /a/b}, not {@code /ab}. */
  record SegmentPrefix(String prefix) implements PathMatch {}

  /** The whole path matches this RE2 expression. */
  record Regex(String expression) implements PathMatch {}
}
