package dev.ondine.control.census;

import dev.ondine.control.registry.ServiceKey;
import dev.ondine.model.InboundSecurity;
import java.time.Instant;
import java.util.List;

/**
 * How a service stands between in the clear and strict.
 *
 * @param security what is in force for it
 * @param by the document that says so; {@code default} where none does
 * @param withIdentity its workloads whose sidecars take mutual TLS, {@code orders-0.shop}
 * @param withoutIdentity the others
 * @param behind those whose sidecars do not demand yet what is in force
 * @param proven who calls it by mutual TLS
 * @param plaintext who calls it in the clear
 * @param blockers why strict would break somebody, or why nobody knows; empty: it is safe
 */
public record ServiceMtls(
    ServiceKey service,
    InboundSecurity security,
    String by,
    List<String> withIdentity,
    List<String> withoutIdentity,
    List<String> behind,
    List<Proven> proven,
    List<Plaintext> plaintext,
    List<String> blockers) {
  /** Calls of one identity to all workloads of the service. */
  public record Proven(String identity, long connections, long requests, Instant lastSeen) {}

  /**
   * Calls in the clear from one address to one workload.
   *
   * @param names who is known to be at the address
   * @param workload {@code orders-0.shop}
   * @param blocks whether strict would end these calls, and they are recent
   */
  public record Plaintext(
      String address,
      List<String> names,
      String workload,
      int port,
      long connections,
      long requests,
      Instant lastSeen,
      boolean blocks) {}

  public ServiceMtls {
    withIdentity = List.copyOf(withIdentity);
    withoutIdentity = List.copyOf(withoutIdentity);
    behind = List.copyOf(behind);
    proven = List.copyOf(proven);
    plaintext = List.copyOf(plaintext);
    blockers = List.copyOf(blockers);
  }
}
