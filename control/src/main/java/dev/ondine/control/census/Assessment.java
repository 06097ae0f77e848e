package dev.ondine.control.census;

import dev.ondine.base.config.Durations;
import dev.ondine.control.registry.ServiceView;
import dev.ondine.control.registry.WorkloadKey;
import dev.ondine.control.registry.World;
import dev.ondine.model.InboundSecurity.Mtls;
import dev.ondine.model.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Judges from the census whether callers of a service can be made to prove who they are. */
public final class Assessment {
  private final World world;
  private final Census census;
  private final Addresses addresses;
  private final Duration window;
  private final Instant now;

  /**
   * @param window callers in the clear count that were seen in it, and each sidecar must have
   *     looked for so long
   */
  public Assessment(World world, Census census, Addresses addresses, Duration window) {
    this.world = world;
    this.census = census;
    this.addresses = addresses;
    this.window = window;
    this.now = census.now();
  }

  /** How this service stands. */
  public ServiceMtls of(ServiceView view) {
    var one = new One(view);
    view.workloads().forEach(one::look);
    return one.told();
  }

  /** A word of documents: {@code strict}. */
  public static String word(Mtls mtls) {
    return mtls.name().toLowerCase(Locale.ROOT);
  }

  /** What is found of one service. */
  private final class One {
    private final ServiceView view;
    private final Mtls mode;
    private final List<String> with = new ArrayList<>();
    private final List<String> without = new ArrayList<>();
    private final List<String> behind = new ArrayList<>();
    private final Map<String, ServiceMtls.Proven> proven = new LinkedHashMap<>();
    private final List<ServiceMtls.Plaintext> plaintext = new ArrayList<>();
    private final List<String> blockers = new ArrayList<>();

    One(ServiceView view) {
      this.view = view;
      this.mode = world.inboundSecurity(view.key()).mtls();
      if (mode == Mtls.DISABLED) {
        blockers.add(
            view.key()
                + " is disabled, and nobody is counted there: make it permissive first, and wait "
                + Durations.format(window));
      }
    }

    void look(Workload workload) {
      var key = new WorkloadKey(workload.namespace(), workload.name());
      if (!workload.sidecar() || !workload.mtls()) {
        without.add(key.toString());
        blockers.add(
            key + (workload.sidecar() ? ": its sidecar has no identity" : " has no sidecar"));
        return;
      }
      with.add(key.toString());
      var report = census.report(key);
      if (report.isEmpty()) {
        behind.add(key.toString());
        blockers.add(key + " has not told yet who calls it");
        return;
      }
      look(key, report.get());
    }

    private void look(WorkloadKey key, Report report) {
      if (!report.mtls().equals(word(mode))) {
        behind.add(key.toString());
        blockers.add(key + " demands " + report.mtls() + ", and not " + word(mode) + " yet");
      } else if (mode == Mtls.PERMISSIVE && report.since().isAfter(now.minus(window))) {
        blockers.add(
            key
                + " has counted its callers for "
                + text(Duration.between(report.since(), now))
                + " only, not for "
                + Durations.format(window));
      }
      report
          .proven()
          .forEach(
              one ->
                  proven.merge(
                      one.identity(),
                      new ServiceMtls.Proven(
                          one.identity(), one.connections(), one.requests(), one.lastSeen()),
                      One::sum));
      report.plaintext().forEach(one -> look(key, one));
    }

    private static ServiceMtls.Proven sum(ServiceMtls.Proven a, ServiceMtls.Proven b) {
      return new ServiceMtls.Proven(
          a.identity(),
          a.connections() + b.connections(),
          a.requests() + b.requests(),
          a.lastSeen().isAfter(b.lastSeen()) ? a.lastSeen() : b.lastSeen());
    }

    private void look(WorkloadKey key, Report.Plaintext caller) {
      var names = addresses.at(caller.address());
      var ofItsOwn = world.inboundSecurity(view.key()).ports().containsKey(caller.port());
      var blocks =
          mode != Mtls.STRICT && !ofItsOwn && !caller.lastSeen().isBefore(now.minus(window));
      plaintext.add(
          new ServiceMtls.Plaintext(
              caller.address(),
              names,
              key.toString(),
              caller.port(),
              caller.connections(),
              caller.requests(),
              caller.lastSeen(),
              blocks));
      if (blocks) {
        blockers.add(
            caller.address()
                + (names.isEmpty() ? "" : " (" + String.join(", ", names) + ")")
                + " calls "
                + key
                + ":"
                + caller.port()
                + " in the clear: "
                + caller.connections()
                + " connections, "
                + caller.requests()
                + " requests, the last "
                + text(Duration.between(caller.lastSeen(), now))
                + " ago");
      }
    }

    ServiceMtls told() {
      plaintext.sort(Comparator.comparing(ServiceMtls.Plaintext::lastSeen).reversed());
      var key = view.key();
      return new ServiceMtls(
          key,
          world.inboundSecurity(key),
          world.inboundSecurityBy(key),
          with,
          without,
          behind,
          List.copyOf(proven.values()),
          plaintext,
          mode == Mtls.STRICT ? List.of() : blockers);
    }
  }

  /** To the second, because nobody needs it finer. */
  private static String text(Duration duration) {
    return Durations.format(Duration.ofSeconds(Math.max(0, duration.toSeconds())));
  }
}
