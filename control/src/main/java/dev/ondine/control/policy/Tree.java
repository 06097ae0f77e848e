package dev.ondine.control.policy;

import java.util.List;

/** A value of YAML or JSON text, with the line where it begins, counted from 1. */
sealed interface Tree {
  int line();

  /** A single value, as written. */
  record Scalar(int line, String text, Type type) implements Tree {
    /** What it is in JSON's terms. */
    enum Type {
      TEXT,
      NUMBER,
      TRUTH,
      NULL
    }
  }

  /** A list. */
  record Sequence(int line, List<Tree> items) implements Tree {}

  /** An object; a field that is written twice is there twice. */
  record Mapping(int line, List<Field> fields) implements Tree {}

  /** A field of an object. */
  record Field(String name, int line, Tree value) {}

  /** What it is called in an error message. */
  default String what() {
    return switch (this) {
      case Scalar scalar ->
          switch (scalar.type()) {
            case TEXT -> "text";
            case NUMBER -> "a number";
            case TRUTH -> "true or false";
            case NULL -> "nothing";
          };
      case Sequence _ -> "a list";
      case Mapping _ -> "an object";
    };
  }

  /** The value as an error message shows it: what was written, where that is short. */
  default String shown() {
    return switch (this) {
      case Scalar(_, var text, _) -> text.length() <= 80 ? text : text.substring(0, 77) + "...";
      case Sequence _, Mapping _ -> "";
    };
  }
}
