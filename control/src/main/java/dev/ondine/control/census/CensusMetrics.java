package dev.ondine.control.census;

import dev.ondine.base.metrics.Metrics;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeMap;

/** The census as figures, by namespace. Written where they are asked for. */
public final class CensusMetrics {
  private static final String OTHERS = "others";

  private final Metrics.Gauge plaintext;
  private final Metrics.Gauge without;
  private final Metrics.Gauge unsafe;
  private final int maxNamespaces;
  private final Set<String> told = new HashSet<>();

  private record Figures(long plaintext, long without, long unsafe) {
    static final Figures NONE = new Figures(0, 0, 0);

    static Figures of(ServiceMtls one) {
      return new Figures(
          one.plaintext().stream().filter(ServiceMtls.Plaintext::blocks).count(),
          one.withoutIdentity().size(),
          one.blockers().isEmpty() ? 0 : 1);
    }

    Figures and(Figures other) {
      return new Figures(
          plaintext + other.plaintext, without + other.without, unsafe + other.unsafe);
    }
  }

  /** Registers them. */
  public CensusMetrics(Metrics metrics, CensusSettings settings) {
    maxNamespaces = settings.maxNamespaces();
    plaintext =
        metrics.gauge(
            "ondine_mtls_plaintext_callers",
            "Who calls workloads of a namespace in the clear, and would not come in by strict.",
            "namespace");
    without =
        metrics.gauge(
            "ondine_mtls_workloads_without_identity",
            "Workloads that do not take mutual TLS.",
            "namespace");
    unsafe =
        metrics.gauge(
            "ondine_mtls_services_not_safe", "Services that strict would break.", "namespace");
  }

  /** Sets them all; namespaces that are gone have zeros. */
  public synchronized void set(Collection<ServiceMtls> services) {
    var figures = new TreeMap<String, Figures>();
    for (var one : services) {
      figures.merge(label(one.service().namespace()), Figures.of(one), Figures::and);
    }
    told.forEach(namespace -> figures.putIfAbsent(namespace, Figures.NONE));
    figures.forEach(
        (namespace, found) -> {
          plaintext.with(namespace).set((double) found.plaintext());
          without.with(namespace).set((double) found.without());
          unsafe.with(namespace).set((double) found.unsafe());
        });
  }

  /** Each label lives as long as the process: their number is bounded. */
  private String label(String namespace) {
    if (told.contains(namespace)) {
      return namespace;
    }
    var label = told.size() < maxNamespaces ? namespace : OTHERS;
    told.add(label);
    return label;
  }
}
