package dev.ondine.proxy.discovery;

import dev.ondine.model.DemandKey;
import dev.ondine.model.ServiceState;

/** How a wait for a name ended. */
public sealed interface Outcome {
  /** What was demanded. */
  DemandKey key();

  /** The bundle is complete: serve from it. */
  record Found(ServiceState.Serving state) implements Outcome {
    @Override
    public DemandKey key() {
      return state.key();
    }
  }

  /** There is no such service. HTTP 404, gRPC UNIMPLEMENTED. */
  record Missing(DemandKey key) implements Outcome {}

  /** This workload may not call it. HTTP 403, gRPC PERMISSION_DENIED. */
  record Denied(DemandKey key, String reason) implements Outcome {}

  /** No answer; the next request asks again. HTTP 503, gRPC UNAVAILABLE. */
  record GaveUp(DemandKey key, Why why) implements Outcome {}

  /** Why there is no answer. */
  enum Why {
    /** The caller's deadline or the wait is over. */
    TIMEOUT,
    /** Too many callers wait for this name, or too many names are in flight. */
    OVERFLOW,
    /** All slots for warm names are in use by live requests. */
    CAPACITY
  }
}
