package dev.ondine.control.ca;

import java.util.List;

/** Knows which sidecars do not trust the newest bundle yet. */
@FunctionalInterface
public interface BundleGate {
  /** The sidecars, by name, that have not acknowledged this bundle or a later one. */
  List<String> notAcknowledged(long sequence);

  /** Where nobody is asked. */
  static BundleGate open() {
    return _ -> List.of();
  }
}
