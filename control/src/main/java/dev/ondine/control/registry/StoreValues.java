package dev.ondine.control.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ondine.control.policy.Document;
import dev.ondine.control.policy.DocumentKey;
import dev.ondine.control.policy.DocumentReader;
import dev.ondine.control.policy.InvalidDocumentsException;
import dev.ondine.control.store.StoreException;
import dev.ondine.control.store.Value;
import dev.ondine.model.AppProtocol;
import dev.ondine.model.InvalidResourceException;
import dev.ondine.model.Locality;
import dev.ondine.model.ServicePort;
import dev.ondine.model.Workload;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How the registry's things are written in the store: as JSON.
 *
 * <p>What cannot be read back is a {@link StoreException} that names the key.
 */
final class StoreValues {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final DocumentReader DOCUMENTS = new DocumentReader();

  private StoreValues() {}

  static Value ofDocument(String json, String owner) {
    return text(object().put("owner", owner).put("json", json));
  }

  static StoredDocument document(DocumentKey key, Value value, long revision) {
    var name = StoreKeys.of(key);
    var tree = read(name, value);
    var json = tree.path("json").asText();
    return new StoredDocument(
        readDocument(name, json), json, tree.path("owner").asText(), revision);
  }

  private static Document readDocument(String name, String json) {
    try {
      return DOCUMENTS.read(name, json).getFirst().document();
    } catch (InvalidDocumentsException e) {
      throw unreadable(name, e);
    }
  }

  static Value of(Registration registration) {
    var workload = registration.workload();
    var locality = workload.locality();
    var json =
        object()
            .put("service", workload.service())
            .put("address", workload.address())
            .put("sidecar", workload.sidecar())
            .put("mtls", workload.mtls())
            .put("state", workload.state().name())
            .put("serviceAccount", workload.serviceAccount())
            .put("region", locality.region())
            .put("zone", locality.zone())
            .put("subZone", locality.subZone())
            .put("weight", workload.weight());
    write(registration.ports(), json.putArray("ports"));
    var labels = json.putObject("labels");
    workload.labels().forEach(labels::put);
    return text(json);
  }

  static Registration registration(WorkloadKey key, Value value) {
    var name = StoreKeys.of(key);
    var json = read(name, value);
    try {
      var workload =
          new Workload(
              key.name(),
              key.namespace(),
              json.path("service").asText(),
              json.path("address").asText(),
              Map.of(),
              json.path("sidecar").asBoolean(),
              json.path("mtls").asBoolean(),
              Workload.State.valueOf(json.path("state").asText()),
              json.path("serviceAccount").asText(),
              new Locality(
                  json.path("region").asText(),
                  json.path("zone").asText(),
                  json.path("subZone").asText()),
              json.path("weight").asInt(1),
              labels(json.path("labels")));
      return new Registration(workload, ports(json.path("ports")));
    } catch (InvalidResourceException | IllegalArgumentException e) {
      throw unreadable(name, e);
    }
  }

  static Value ofPorts(List<ServicePort> ports) {
    var json = object();
    write(ports, json.putArray("ports"));
    return text(json);
  }

  static List<ServicePort> ports(String key, Value value) {
    try {
      return ports(read(key, value).path("ports"));
    } catch (InvalidResourceException | IllegalArgumentException e) {
      throw unreadable(key, e);
    }
  }

  private static List<ServicePort> ports(JsonNode json) {
    var ports = new ArrayList<ServicePort>();
    for (var port : json) {
      ports.add(
          new ServicePort(
              port.path("name").asText(),
              port.path("port").asInt(),
              port.path("targetPort").asInt(),
              AppProtocol.valueOf(port.path("protocol").asText())));
    }
    return ports;
  }

  private static void write(List<ServicePort> ports, ArrayNode json) {
    for (var port : ports) {
      json.addObject()
          .put("name", port.name())
          .put("port", port.port())
          .put("targetPort", port.targetPort())
          .put("protocol", port.protocol().name());
    }
  }

  private static Map<String, String> labels(JsonNode json) {
    var labels = new HashMap<String, String>();
    json.properties().forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
    return labels;
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static Value text(JsonNode json) {
    return Value.of(json.toString());
  }

  private static JsonNode read(String key, Value value) {
    try {
      return MAPPER.readTree(value.text());
    } catch (JsonProcessingException e) {
      throw unreadable(key, e);
    }
  }

  private static StoreException unreadable(String key, Exception why) {
    return new StoreException(
        "the store's '" + key + "' cannot be read; was it written by a newer Ondine? " + why, why);
  }
}
