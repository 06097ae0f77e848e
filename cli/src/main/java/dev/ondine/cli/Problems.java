package dev.ondine.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ondine.control.policy.Problem;

/** Faults as the admin API reports them, for people. */
final class Problems {
  private Problems() {}

  /** {@code shop.yaml:7: spec.ports[0].port: … (allowed: …)}. */
  static String line(JsonNode error) {
    return new Problem(
            error.path("source").asText(),
            error.path("line").asInt(),
            error.path("path").asText(),
            error.path("value").asText(),
            error.path("message").asText(),
            error.path("allowed").asText())
        .toString();
  }
}
