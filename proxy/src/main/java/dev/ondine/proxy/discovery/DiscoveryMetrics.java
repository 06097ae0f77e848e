package dev.ondine.proxy.discovery;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.model.ServiceState;
import java.util.HashMap;
import java.util.Map;

/** The figures of on-demand discovery, {@code ondine_discovery_*}. No name is ever a label. */
final class DiscoveryMetrics {
  private static final double[] SECONDS = {
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10
  };

  private final Metrics.Counter transitions;
  private final Metrics.Gauge names;
  private final Metrics.Counter outcomes;
  private final Metrics.Histogram waitSeconds;
  private final Metrics.Counter forgotten;
  private final Map<String, Metrics.Counter> transitionSeries = new HashMap<>();

  final Metrics.Gauge waiters;
  final Metrics.Gauge namesInFlight;
  final Metrics.Gauge namesQueued;
  final Metrics.Counter flushes;
  final Metrics.Counter asked;
  final Metrics.Gauge streamUp;

  DiscoveryMetrics(Metrics metrics) {
    transitions =
        metrics.counter(
            "ondine_discovery_transitions_total", "Changes of a name's state.", "from", "to");
    names = metrics.gauge("ondine_discovery_names", "Names by state.", "state");
    outcomes =
        metrics.counter("ondine_discovery_waits_total", "Waits by how they ended.", "outcome");
    waitSeconds =
        metrics.histogram(
            "ondine_discovery_wait_seconds", "How long callers waited for a name.", SECONDS);
    forgotten =
        metrics.counter(
            "ondine_discovery_forgotten_total", "Names unsubscribed, by cause.", "cause");
    waiters = metrics.gauge("ondine_discovery_waiters", "Callers that wait for a name now.");
    namesInFlight =
        metrics.gauge("ondine_discovery_names_in_flight", "Names asked for and not answered.");
    namesQueued =
        metrics.gauge("ondine_discovery_names_queued", "Names whose turn to be asked is to come.");
    flushes =
        metrics.counter("ondine_discovery_flushes_total", "Flushes with new names to control.");
    asked =
        metrics.counter("ondine_discovery_asked_total", "Names asked for, a second time included.");
    streamUp = metrics.gauge("ondine_discovery_stream_up", "1 while the stream to control is up.");
    streamUp.set(0);
  }

  void transition(ServiceState from, ServiceState to) {
    var before = word(from);
    var after = word(to);
    transitionSeries
        .computeIfAbsent(before + after, _ -> transitions.with(before, after))
        .increment();
    // Unknown is the state of all names there could be.
    if (!(from instanceof ServiceState.Unknown)) {
      names.with(before).add(-1);
    }
    if (!(to instanceof ServiceState.Unknown)) {
      names.with(after).add(1);
    }
  }

  void waited(Outcome outcome, long nanos) {
    waitSeconds.observe(nanos / 1e9);
    outcomes
        .with(
            switch (outcome) {
              case Outcome.Found _ -> "found";
              case Outcome.Missing _ -> "missing";
              case Outcome.Denied _ -> "denied";
              case Outcome.GaveUp(var _, var why) ->
                  switch (why) {
                    case TIMEOUT -> "timeout";
                    case OVERFLOW -> "overflow";
                    case CAPACITY -> "capacity";
                  };
            })
        .increment();
  }

  void left() {
    outcomes.with("left").increment();
  }

  /**
   * @param cause from a fixed set
   */
  void forgotten(String cause) {
    forgotten.with(cause).increment();
  }

  /** The state's word, as in all places where an operator meets it. */
  static String word(ServiceState state) {
    return switch (state) {
      case ServiceState.Unknown _ -> "unknown";
      case ServiceState.Requested _ -> "requested";
      case ServiceState.Warm _ -> "warm";
      case ServiceState.Idle _ -> "idle";
      case ServiceState.Draining _ -> "draining";
      case ServiceState.Resync _ -> "resync";
      case ServiceState.Missing _ -> "missing";
      case ServiceState.Denied _ -> "denied";
    };
  }
}
