package dev.ondine.control.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ondine.control.api.http.ApiException;
import dev.ondine.control.policy.Problem;
import dev.ondine.control.registry.Registration;
import dev.ondine.control.registry.WorkloadKey;
import dev.ondine.model.AppProtocol;
import dev.ondine.model.Locality;
import dev.ondine.model.ServicePort;
import dev.ondine.model.Workload;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Reads a registration from JSON; an unknown or misshapen field is refused by its path. */
final class RegistrationJson {
  private static final Set<String> FIELDS =
      new TreeSet<>(
          Set.of(
              "service",
              "address",
              "ports",
              "sidecar",
              "mtls",
              "state",
              "serviceAccount",
              "zone",
              "weight",
              "labels"));
  private static final Set<String> PORT_FIELDS =
      new TreeSet<>(Set.of("name", "port", "targetPort", "protocol"));

  private RegistrationJson() {}

  static Registration read(WorkloadKey key, JsonNode json) {
    onlyFields("", json, FIELDS);
    var service = required(json, "service");
    var workload =
        new Workload(
            key.name(),
            key.namespace(),
            service,
            required(json, "address"),
            Map.of(),
            flag("sidecar", json),
            flag("mtls", json),
            json.has("state") ? state(json.path("state").asText()) : Workload.State.READY,
            json.has("serviceAccount") ? json.path("serviceAccount").asText() : service,
            new Locality("", json.path("zone").asText(), ""),
            json.has("weight") ? number("weight", json.path("weight")) : 1,
            labels(json.path("labels")));
    return new Registration(workload, ports(json.path("ports")));
  }

  static Workload.State state(String text) {
    return Arrays.stream(Workload.State.values())
        .filter(state -> state.name().equals(text))
        .findFirst()
        .orElseThrow(() -> refused("state", text, names(Workload.State.values())));
  }

  private static List<ServicePort> ports(JsonNode json) {
    var ports = new ArrayList<ServicePort>();
    for (var i = 0; i < json.size(); i++) {
      ports.add(port("ports[" + i + "].", json.path(i)));
    }
    return ports;
  }

  private static ServicePort port(String path, JsonNode json) {
    onlyFields(path, json, PORT_FIELDS);
    var number = number(path + "port", json.path("port"));
    var protocol = json.path("protocol").asText("auto");
    return new ServicePort(
        json.has("name") ? json.path("name").asText() : "port-" + number,
        number,
        json.has("targetPort") ? number(path + "targetPort", json.path("targetPort")) : number,
        AppProtocol.of(protocol)
            .orElseThrow(() -> refused(path + "protocol", protocol, protocols())));
  }

  private static Map<String, String> labels(JsonNode json) {
    var labels = new HashMap<String, String>();
    json.properties().forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    return labels;
  }

  private static void onlyFields(String path, JsonNode json, Set<String> known) {
    if (!json.isObject()) {
      throw refused(path, json.toString(), "an object with " + String.join(", ", known));
    }
    json.fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                throw refused(path + name, name, String.join(", ", known));
              }
            });
  }

  private static String required(JsonNode json, String name) {
    if (!json.path(name).isTextual()) {
      throw refused(name, json.path(name).toString(), "a text, and it must be there");
    }
    return json.path(name).asText();
  }

  private static int number(String path, JsonNode json) {
    if (!json.isInt()) {
      throw refused(path, json.toString(), "a whole number");
    }
    return json.asInt();
  }

  private static boolean flag(String name, JsonNode parent) {
    var json = parent.path(name);
    if (!json.isMissingNode() && !json.isBoolean()) {
      throw refused(name, json.toString(), "true, false");
    }
    return json.asBoolean();
  }

  /** The protocols' names, as an error lists them. */
  static String protocols() {
    return Arrays.stream(AppProtocol.values())
        .map(AppProtocol::text)
        .collect(Collectors.joining(", "));
  }

  private static String names(Enum<?>[] values) {
    return Arrays.stream(values).map(Enum::name).collect(Collectors.joining(", "));
  }

  private static ApiException refused(String path, String value, String allowed) {
    var message = "'" + value + "' is not allowed";
    return new ApiException(422, List.of(new Problem("", 0, path, value, message, allowed)));
  }
}
