package dev.ondine.xds.client;

import dev.ondine.xds.codec.ResourceType;

/** What is known of one subscribed resource. */
public sealed interface ResourceState {
  /** Asked for, no answer yet. */
  record Pending() implements ResourceState {}

  /**
   * Here. A later bad update is NACKed and leaves this as it is.
   *
   * @param name the name in the response, which differs from the subscribed one for an alias
   * @param value the decoded record, of the type's {@link ResourceType#model()}
   */
  record Present(String name, String version, Object value) implements ResourceState {}

  /** The server says that it does not exist (removed_resources, or a NOT_FOUND error). */
  record Absent() implements ResourceState {}

  /** The server says that this node may not have it. */
  record Denied(String reason) implements ResourceState {}
}
