package dev.ondine.control.registry;

import dev.ondine.control.policy.DocumentKey;
import dev.ondine.control.policy.Kind;
import dev.ondine.control.policy.WorkloadDocument;
import dev.ondine.model.AppProtocol;
import dev.ondine.model.ServicePort;
import dev.ondine.model.Workload;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalInt;
import java.util.Set;

/** The workloads of services, whether they registered themselves or a document describes them. */
final class Members {
  private static final Comparator<Registration> BY_NAME =
      Comparator.comparing(member -> member.workload().name());

  private final Map<ServiceKey, List<Registration>> byService = new HashMap<>();

  /**
   * @param services of which the members are wanted; all are found in one pass
   */
  Members(
      NavigableMap<DocumentKey, StoredDocument> documents,
      Map<WorkloadKey, Kept<Registration>> registrations,
      Set<ServiceKey> services) {
    for (var kept : registrations.values()) {
      add(kept.value(), services);
    }
    for (var stored : Holdings.ofKind(documents, Kind.WORKLOAD)) {
      if (stored.document() instanceof WorkloadDocument document) {
        add(registration(document), services);
      }
    }
    byService.values().forEach(members -> members.sort(BY_NAME));
  }

  private void add(Registration member, Set<ServiceKey> services) {
    var service = member.service();
    if (services.contains(service)) {
      byService.computeIfAbsent(service, _ -> new ArrayList<>()).add(member);
    }
  }

  /** The members, by name. */
  List<Registration> of(ServiceKey service) {
    return byService.getOrDefault(service, List.of());
  }

  /**
   * The ports of a service that no document declares: all that its members serve. Where two members
   * differ on a name or number, the one whose name comes first wins, but for a protocol that says
   * nothing.
   */
  List<ServicePort> ports(ServiceKey service) {
    var ports = new ArrayList<ServicePort>();
    for (var member : of(service)) {
      for (var port : member.ports()) {
        var at = indexOf(ports, port);
        if (at < 0) {
          ports.add(port);
        } else if (ports.get(at).port() == port.port()
            && ports.get(at).protocol() == AppProtocol.AUTO) {
          var there = ports.get(at);
          ports.set(
              at, new ServicePort(there.name(), there.port(), there.targetPort(), port.protocol()));
        }
      }
    }
    return ports;
  }

  private static int indexOf(List<ServicePort> ports, ServicePort port) {
    for (var i = 0; i < ports.size(); i++) {
      if (ports.get(i).port() == port.port() || ports.get(i).name().equals(port.name())) {
        return i;
      }
    }
    return -1;
  }

  /** The members as callers of a service with these ports see them; without those of no use. */
  List<Workload> workloads(ServiceKey service, List<ServicePort> ports) {
    return of(service).stream()
        .map(member -> seen(member, ports))
        .filter(workload -> !workload.ports().isEmpty())
        .toList();
  }

  private static Workload seen(Registration member, List<ServicePort> ports) {
    var numbers = new HashMap<String, Integer>();
    for (var port : ports) {
      target(member, port).ifPresent(number -> numbers.put(port.name(), number));
    }
    var workload = member.workload();
    return new Workload(
        workload.name(),
        workload.namespace(),
        workload.service(),
        workload.address(),
        numbers,
        workload.sidecar(),
        workload.mtls(),
        workload.state(),
        workload.serviceAccount(),
        workload.locality(),
        workload.weight(),
        workload.labels());
  }

  /**
   * Where the member serves the port: what it calls by the same number, else by the same name; or
   * it listens where the port says that workloads do. One that names no ports is taken to.
   */
  private static OptionalInt target(Registration member, ServicePort port) {
    if (member.ports().isEmpty()) {
      return OptionalInt.of(port.targetPort());
    }
    for (var own : member.ports()) {
      if (own.port() == port.port()) {
        return OptionalInt.of(own.targetPort());
      }
    }
    for (var own : member.ports()) {
      if (own.name().equals(port.name()) || own.targetPort() == port.targetPort()) {
        return OptionalInt.of(own.targetPort());
      }
    }
    return OptionalInt.empty();
  }

  /** A workload that a document describes, in the form of one that registered itself. */
  private static Registration registration(WorkloadDocument document) {
    var metadata = document.metadata();
    var workload =
        new Workload(
            metadata.name(),
            metadata.namespace(),
            document.service(),
            document.address(),
            Map.of(),
            document.sidecar(),
            document.mtls(),
            Workload.State.READY,
            document.serviceAccount(),
            document.locality(),
            document.weight(),
            metadata.labels());
    return new Registration(workload, document.ports());
  }
}
