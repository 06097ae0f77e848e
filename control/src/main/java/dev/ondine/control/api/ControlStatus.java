package dev.ondine.control.api;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What control's own wiring knows of itself; asked for with every request, must not block. */
public interface ControlStatus {
  /** The build. */
  String version();

  /** Since it was started. */
  Duration uptime();

  /** The address for sidecars. */
  String xds();

  /** The store's file. */
  String store();

  /** The watched folder. */
  Optional<String> watch();

  /** What is wrong with what it was given, and does not keep it from its work: a bad file. */
  List<String> problems();

  /** Why it cannot do all of its work now; empty when it can. */
  List<String> notReady();
}
