package dev.ondine.proxy.grpcclient;

import static java.util.Objects.requireNonNull;

import dev.ondine.model.ServicePort;
import java.util.List;

/**
 * What a sidecar tells control about its workload.
 *
 * @param instance unique in the namespace
 * @param serviceAccount the last part of its identity
 * @param mtls whether its sidecar takes mutual TLS
 * @param address where other workloads reach it, an IP address
 * @param ports what callers name, and where the workload is reached for it
 * @param zone may be empty
 */
public record Registration(
    String service,
    String namespace,
    String instance,
    String serviceAccount,
    boolean mtls,
    String address,
    List<ServicePort> ports,
    String zone) {
  /** How far the workload takes part. */
  public enum State {
    /** Serving and advertised. */
    READY,
    /** Still serving, no longer advertised. */
    LAME_DUCK,
    /** Removed at once. */
    GONE
  }

  public Registration {
    requireNonNull(service, "service");
    requireNonNull(namespace, "namespace");
    requireNonNull(instance, "instance");
    requireNonNull(serviceAccount, "serviceAccount");
    requireNonNull(address, "address");
    requireNonNull(zone, "zone");
    ports = List.copyOf(ports);
  }
}
