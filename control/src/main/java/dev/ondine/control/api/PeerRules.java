package dev.ondine.control.api;

import dev.ondine.control.ca.Audit;
import dev.ondine.control.registry.Registry;
import dev.ondine.control.registry.WorkloadKey;
import dev.ondine.model.Identity;
import dev.ondine.proto.v1.WorkloadStatus;
import dev.ondine.xds.codec.Node;
import dev.ondine.xds.server.NodeCheck;
import dev.ondine.xds.transport.CallPeer;
import java.util.Optional;

/**
 * What a client may say of itself, given whom its certificate names: what it says beyond that is
 * refused and audited.
 */
public final class PeerRules implements NodeCheck {
  private static final String ACCOUNT = "SERVICE_ACCOUNT";

  private final Registry registry;
  private final Audit audit;

  public PeerRules(Registry registry, Audit audit) {
    this.registry = registry;
    this.audit = audit;
  }

  @Override
  public Optional<String> refusal(Node node, CallPeer peer) {
    return peer.identity().flatMap(known -> audited(known, peer, "ads", refusal(node, known)));
  }

  /** Why a workload that registers itself is not who it says; empty where it may be. */
  public Optional<String> refusal(WorkloadStatus status, CallPeer peer) {
    return peer.identity()
        .flatMap(known -> audited(known, peer, "registration", refusal(status, known)));
  }

  private Optional<String> refusal(Node node, Identity known) {
    if (!node.namespace().equals(known.namespace())) {
      return Optional.of("the node's namespace " + quoted(node.namespace()) + " is not " + known);
    }
    var account = node.metadata().get(ACCOUNT);
    if (account != null && !account.equals(known.serviceAccount())) {
      return Optional.of("the node's service account " + quoted(account) + " is not " + known);
    }
    if (!node.isOndine()) {
      return Optional.empty(); // a foreign client names itself as it likes
    }
    var suffix = "." + known.namespace();
    if (!node.id().endsWith(suffix)) {
      return Optional.of("the node " + quoted(node.id()) + " is not in the namespace of " + known);
    }
    var instance = node.id().substring(0, node.id().length() - suffix.length());
    return registry
        .registration(new WorkloadKey(known.namespace(), instance))
        .filter(there -> !there.workload().serviceAccount().equals(known.serviceAccount()))
        .map(
            there ->
                "the node "
                    + quoted(node.id())
                    + " is registered as service account "
                    + quoted(there.workload().serviceAccount())
                    + ", and the certificate is of "
                    + known);
  }

  private Optional<String> refusal(WorkloadStatus status, Identity known) {
    if (!status.getNamespace().equals(known.namespace())) {
      return Optional.of(
          "the workload's namespace " + quoted(status.getNamespace()) + " is not " + known);
    }
    var account = RegistrationService.serviceAccount(status);
    if (!account.equals(known.serviceAccount())) {
      return Optional.of("the workload's service account " + quoted(account) + " is not " + known);
    }
    return registry
        .registration(new WorkloadKey(status.getNamespace(), status.getInstance()))
        .filter(there -> !there.workload().serviceAccount().equals(known.serviceAccount()))
        .map(
            there ->
                "the workload "
                    + quoted(status.getInstance())
                    + " is registered as service account "
                    + quoted(there.workload().serviceAccount())
                    + ", and the certificate is of "
                    + known);
  }

  private Optional<String> audited(
      Identity known, CallPeer peer, String call, Optional<String> refusal) {
    refusal.ifPresent(why -> audit.nodeRefused(known, peer.address(), call, why));
    return refusal;
  }

  private static String quoted(String text) {
    return "'" + (text.length() <= 100 ? text : text.substring(0, 100) + "…") + "'";
  }
}
