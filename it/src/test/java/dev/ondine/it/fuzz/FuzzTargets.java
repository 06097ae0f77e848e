package dev.ondine.it.fuzz;

import java.util.List;

/** The one list of fuzz targets. */
final class FuzzTargets {
  private FuzzTargets() {}

  static List<FuzzTarget> all() {
    return List.of(new DetectTarget());
  }
}
