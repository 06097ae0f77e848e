package dev.ondine.control.translate;

import static java.util.Objects.requireNonNull;

import dev.ondine.control.registry.ServiceView;
import dev.ondine.model.InboundSecurity.Mtls;
import dev.ondine.model.ServicePort;
import dev.ondine.model.Workload;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a demanded name means in one world. Every answer, also a refusal, carries the keys of the
 * services it depends on: when one of them changes, the name must be resolved again.
 */
public sealed interface Resolution {
  /** What the answer depends on, in the keys by which the registry announces changes. */
  Set<String> dependencies();

  /** The key that announces a new owner of a virtual IP. */
  static String virtualIpDependency(String ip) {
    return "virtual-ip/" + ip;
  }

  /**
   * A port of a service.
   *
   * @param name under which the resources are answered
   * @param alias the demanded name, where it differs from {@code name}
   * @param instance where only one workload is meant
   * @param mtls what the workloads demand of callers at this port
   */
  record Found(
      String name,
      Optional<String> alias,
      ServiceView view,
      ServicePort port,
      Optional<Workload> instance,
      Mtls mtls,
      Set<String> dependencies)
      implements Resolution {
    public Found {
      requireNonNull(alias, "alias");
      requireNonNull(view, "view");
      requireNonNull(port, "port");
      requireNonNull(instance, "instance");
      requireNonNull(mtls, "mtls");
      dependencies = Set.copyOf(dependencies);
    }

    /** The workloads that are meant. */
    List<Workload> members() {
      return instance.map(List::of).orElse(view.workloads());
    }

    /** Whether callers of this workload use mutual TLS. */
    boolean isMutual(Workload workload) {
      return workload.mtls() && mtls != Mtls.DISABLED;
    }
  }

  /** No service has this name, or the service has no such port or instance. */
  record NotFound(Set<String> dependencies) implements Resolution {
    public NotFound {
      dependencies = Set.copyOf(dependencies);
    }
  }

  /** A policy hides the service from the node. */
  record Denied(String reason, Set<String> dependencies) implements Resolution {
    public Denied {
      dependencies = Set.copyOf(dependencies);
    }
  }
}
