package dev.ondine.control.registry;

import dev.ondine.base.metrics.Metrics;
import java.util.Set;

/** The figures of the registry. */
final class RegistryMetrics {
  private final Metrics.Gauge services;
  private final Metrics.Gauge workloads;
  private final Metrics.Gauge documents;
  private final Metrics.Gauge virtualIps;
  private final Metrics.Counter worlds;
  private final Metrics.Counter changes;

  RegistryMetrics(Metrics metrics) {
    services = metrics.gauge("ondine_registry_services", "Services that exist.");
    workloads = metrics.gauge("ondine_registry_workloads", "Workloads that registered themselves.");
    documents = metrics.gauge("ondine_registry_documents", "Documents in force.");
    virtualIps = metrics.gauge("ondine_registry_virtual_ips", "Virtual IPs that are given out.");
    worlds = metrics.counter("ondine_registry_worlds_total", "Worlds published.");
    changes = metrics.counter("ondine_registry_changes_total", "Services and settings changed.");
  }

  void published(RegistryWriter.Published published, Set<String> changed) {
    var holdings = published.holdings();
    services.set(published.world().services().size());
    workloads.set(holdings.registrations().size());
    documents.set(holdings.documents().size());
    virtualIps.set(holdings.virtualIps().size());
    worlds.increment();
    changes.add(changed.size());
  }
}
