package dev.ondine.model;

/**
 * What a sidecar knows of a demanded name. The words are the same in code, metrics, logs and
 * documentation (docs/design/on-demand.md).
 */
public sealed interface ServiceState {
  /** Whose state this is. */
  DemandKey key();

  /** Nobody here has asked for it, or it was forgotten. */
  record Unknown(DemandKey key) implements ServiceState {}

  /** Subscribed, the bundle is not complete yet; callers wait. */
  record Requested(DemandKey key) implements ServiceState {}

  /** A state with a complete bundle, from which requests are served. */
  sealed interface Serving extends ServiceState {
    /** The last complete bundle. */
    Bundle bundle();

    @Override
    default DemandKey key() {
      return bundle().key();
    }
  }

  /** Complete and in use. */
  record Warm(Bundle bundle) implements Serving {}

  /** Complete, unused for a while; a new use makes it Warm again. */
  record Idle(Bundle bundle) implements Serving {}

  /** About to be forgotten once its last exchange ends; a new use makes it Warm again. */
  record Draining(Bundle bundle) implements Serving {}

  /** Complete but doubted: asked again after repeated connect failures; served from meanwhile. */
  record Resync(Bundle bundle) implements Serving {}

  /** Control says that there is no such name. The subscription is kept: it may be created later. */
  record Missing(DemandKey key) implements ServiceState {}

  /** Control says that this workload may not call it. */
  record Denied(DemandKey key, String reason) implements ServiceState {}
}
