package dev.ondine.xds.server;

import dev.ondine.xds.codec.ResourceType;
import dev.ondine.xds.server.StreamSnapshot.Status;
import dev.ondine.xds.server.StreamSnapshot.SubscriptionSnapshot;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One name that a stream wants, and what it was told of it. Confined to the stream's mailbox. */
final class Subscription {
  final ResourceType type;
  final String name;

  /** Asked for by name. */
  boolean explicit;

  /** Part of a wildcard; may be both. */
  boolean wildcard;

  /** Send the answer even if the client has that version. */
  boolean resend;

  Status status = Status.PENDING;
  @Nullable String sent;
  @Nullable String acked;

  /** The resource itself, where each response must hold all: state-of-the-world only. */
  @Nullable EncodedResource current;

  Set<String> dependencies = Set.of();

  Subscription(ResourceType type, String name) {
    this.type = type;
    this.name = name;
  }

  boolean isWanted() {
    return explicit || wildcard;
  }

  /** The client has this version of the resource, or will have. */
  boolean has(String version) {
    return status == Status.SENT && version.equals(sent);
  }

  /** The client was given this version. */
  void sent(String version) {
    status = Status.SENT;
    sent = version;
    resend = false;
  }

  /** The client was told that there is nothing for it. */
  void refused(Status how) {
    status = how;
    sent = null;
    acked = null;
    resend = false;
  }

  SubscriptionSnapshot snapshot() {
    return new SubscriptionSnapshot(
        name, status, Optional.ofNullable(sent), Optional.ofNullable(acked));
  }
}
