package dev.ondine.it.system.differential;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The requests that a sidecar logged, in the order of their ends. */
final class SidecarLog {
  private static final ObjectMapper JSON = new ObjectMapper();

  private SidecarLog() {}

  /**
   * A request as logged.
   *
   * @param line {@code ID METHOD PATH}; the sidecar gives each request an id of its own
   * @param tries how often it was given to an endpoint
   * @param reason why it ended without the endpoint's answer in full; empty if it was answered
   */
  record Request(String service, String line, int tries, int status, String reason) {}

  static List<Request> read(Path log) throws IOException {
    var requests = new ArrayList<Request>();
    for (var line : Files.readAllLines(log, StandardCharsets.UTF_8)) {
      if (line.startsWith("{\"time\"")) {
        requests.add(request(JSON.readTree(line)));
      }
    }
    return requests;
  }

  private static Request request(JsonNode json) {
    return new Request(
        json.path("workload").asText(),
        json.path("request_id").asText()
            + " "
            + json.path("method").asText()
            + " "
            + json.path("path").asText(),
        json.path("tries").asInt(),
        json.path("status").asInt(),
        json.path("reason").asText());
  }
}
