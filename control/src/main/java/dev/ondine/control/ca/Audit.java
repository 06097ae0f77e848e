package dev.ondine.control.ca;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ondine.model.Identity;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was granted and refused to whom: one line of JSON each on the logger {@code ondine.audit}.
 * No line holds a secret.
 */
public final class Audit {
  private static final Logger LOG = LoggerFactory.getLogger("ondine.audit");

  /** What a caller sends is cut off there. */
  private static final int MAX_TEXT = 300;

  private final InstantSource clock;

  public Audit(InstantSource clock) {
    this.clock = clock;
  }

  void issued(Issuance issuance, String peer) {
    LOG.info(
        "{}",
        event("certificate_issued", peer)
            .put("identity", issuance.identity().spiffeId())
            .put("attestor", issuance.attestor())
            .put("serial", issuance.serial())
            .put("notAfter", issuance.notAfter().toString()));
  }

  void refused(Ask ask, RefusedException why) {
    var line =
        event("certificate_refused", ask.caller().address())
            .put("namespace", cut(ask.namespace()))
            .put("serviceAccount", cut(ask.serviceAccount()))
            .put("reason", why.refusal().label())
            .put("detail", cut(why.text()));
    ask.caller().certificate().ifPresent(known -> line.put("certificate", known.spiffeId()));
    ask.caller().uid().ifPresent(uid -> line.put("uid", uid));
    LOG.warn("{}", line);
  }

  void tokenMade(Identity identity, String name, Instant expires) {
    LOG.info(
        "{}",
        event("token_made", "")
            .put("identity", identity.spiffeId())
            .put("token", name)
            .put("expires", expires.toString()));
  }

  void clientRefused(String detail) {
    LOG.warn("{}", event("client_refused", "").put("detail", cut(detail)));
  }

  void rootRotation(String phase, boolean forced) {
    LOG.warn("{}", event("root_rotation", "").put("phase", phase).put("forced", forced));
  }

  /** A node that says to be somebody else than its certificate says. */
  public void nodeRefused(Identity known, String peer, String call, String detail) {
    LOG.warn(
        "{}",
        event("node_refused", peer)
            .put("certificate", known.spiffeId())
            .put("call", call)
            .put("detail", cut(detail)));
  }

  private ObjectNode event(String name, String peer) {
    var line = StoredJson.object().put("at", clock.instant().toString()).put("event", name);
    return peer.isEmpty() ? line : line.put("peer", peer);
  }

  private static String cut(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "…";
  }
}
