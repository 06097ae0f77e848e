package dev.ondine.it.system.wrap;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * How many packets of UDP passed a sidecar, by its metrics.
 *
 * @param sent by its workload
 * @param received by its workload
 */
record UdpCount(long sent, long received) {
  /** The supervisor counts every five seconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(12);

  private static final Duration POLL = Duration.ofMillis(250);
  private static final Pattern SERIES =
      Pattern.compile(
          "^ondine_udp_passed_packets_total\\{direction=\"(sent|received)\"} ([0-9]+)",
          Pattern.MULTILINE);

  /** Waits until both are this much at least; says how much they are then or in the end. */
  static String await(Callable<String> metrics, long least) {
    var last = new AtomicReference<>(new UdpCount(0, 0));
    try {
      Awaitility.await()
          .atMost(PATIENCE)
          .pollDelay(Duration.ZERO)
          .pollInterval(POLL)
          .until(
              () -> {
                last.set(in(metrics.call()));
                return last.get().sent() >= least && last.get().received() >= least;
              });
    } catch (ConditionTimeoutException _) {
      // What is there is said.
    }
    return "sent " + last.get().sent() + ", received " + last.get().received();
  }

  private static UdpCount in(String metrics) {
    long sent = 0;
    long received = 0;
    var series = SERIES.matcher(metrics);
    while (series.find()) {
      var value = Long.parseLong(series.group(2));
      switch (series.group(1)) {
        case "sent" -> sent = value;
        default -> received = value;
      }
    }
    return new UdpCount(sent, received);
  }
}
