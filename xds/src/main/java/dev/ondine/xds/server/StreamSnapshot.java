package dev.ondine.xds.server;

import dev.ondine.xds.codec.Node;
import dev.ondine.xds.codec.ResourceType;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A stream as it was at one moment, for the admin API.
 *
 * @param id counts streams since this server started
 * @param node empty until the first request came
 * @param peer the remote address
 * @param types only those that were asked for
 */
public record StreamSnapshot(
    long id,
    Protocol protocol,
    Optional<Node> node,
    String peer,
    Instant since,
    Map<ResourceType, TypeSnapshot> types) {

  public StreamSnapshot {
    types = Map.copyOf(types);
  }

  /** Which of the two ADS methods was called. */
  public enum Protocol {
    DELTA,
    STATE_OF_THE_WORLD
  }

  /**
   * What a stream wants and has of one type.
   *
   * @param wildcard whether it wants everything there is
   * @param rejected the reason of the last response that it rejected; empty again once a later one
   *     was accepted
   */
  public record TypeSnapshot(
      boolean wildcard, List<SubscriptionSnapshot> subscriptions, Optional<String> rejected) {
    public TypeSnapshot {
      subscriptions = List.copyOf(subscriptions);
    }
  }

  /**
   * One name that a stream subscribes to.
   *
   * @param sent the version last sent
   * @param acked the version that the client last accepted
   */
  public record SubscriptionSnapshot(
      String name, Status status, Optional<String> sent, Optional<String> acked) {}

  /** What the client was told of a name. */
  public enum Status {
    /** Nothing yet: its socket is full. */
    PENDING,
    /** The resource. */
    SENT,
    /** That it does not exist. */
    ABSENT,
    /** That it may not have it. */
    DENIED
  }
}
