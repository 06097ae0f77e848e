package dev.ondine.proxy.overload;

/** Something that can run out. */
public interface Resource {
  /** Its name in metrics and in the log. */
  String name();

  /** How much of it is used, from 0 to 1. May block for a moment. */
  double used();
}
