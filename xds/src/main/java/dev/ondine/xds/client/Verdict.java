package dev.ondine.xds.client;

import dev.ondine.model.InvalidResourceException;
import dev.ondine.xds.client.ResourceState.Present;
import dev.ondine.xds.codec.Decoder;
import dev.ondine.xds.codec.DeltaResponse;
import dev.ondine.xds.codec.DeltaResponse.ResourceError;
import dev.ondine.xds.codec.ResourceType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * What a response is worth: the resources that can be used, and why others cannot.
 *
 * <p>A bad resource does not cost the good ones of the same response; a response that contradicts
 * itself costs all.
 *
 * @param rejection the reason for a NACK; empty: ACK
 */
record Verdict(
    List<Accepted> accepted,
    List<String> removed,
    List<ResourceError> errors,
    Optional<String> rejection) {

  /** A resource that is valid. */
  record Accepted(Present resource, List<String> aliases) {}

  private static final int MAX_REASON = 1_024;

  static Verdict of(ResourceType type, DeltaResponse response) {
    var names = new HashSet<String>();
    for (var resource : response.resources()) {
      if (!names.add(resource.name())) {
        return contradiction("resource '" + resource.name() + "' is in the response twice");
      }
    }
    for (var name : response.removed()) {
      if (!names.add(name)) {
        return contradiction("resource '" + name + "' is in the response and removed by it");
      }
    }
    var accepted = new ArrayList<Accepted>();
    var problems = new ArrayList<String>();
    for (var resource : response.resources()) {
      try {
        decode(type, resource).ifPresent(accepted::add);
      } catch (InvalidResourceException e) {
        problems.add("'" + resource.name() + "': " + e.getMessage());
      }
    }
    return new Verdict(
        accepted,
        response.removed(),
        response.errors(),
        problems.isEmpty() ? Optional.empty() : Optional.of(bounded(String.join("; ", problems))));
  }

  private static Verdict contradiction(String reason) {
    return new Verdict(List.of(), List.of(), List.of(), Optional.of(bounded(reason)));
  }

  /** Empty for a heartbeat. */
  private static Optional<Accepted> decode(ResourceType type, DeltaResponse.Resource resource) {
    if (resource.name().isEmpty()) {
      throw new InvalidResourceException("name", "is missing");
    }
    var body = resource.body().orElse(null);
    if (body == null) {
      return Optional.empty();
    }
    if (!body.typeUrl().equals(type.url())) {
      throw new InvalidResourceException(
          "resource", "is a '" + body.typeUrl() + "' instead of a '" + type.url() + "'");
    }
    return Optional.of(
        new Accepted(
            new Present(resource.name(), resource.version(), Decoder.decode(type, body.bytes())),
            resource.aliases()));
  }

  private static String bounded(String reason) {
    return reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) + " …" : reason;
  }
}
