package dev.ondine.control.ca;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ondine.control.store.Entry;
import dev.ondine.control.store.StoreException;
import dev.ondine.control.store.Value;

/** Where the authority's state is in the store, and how it is written: as JSON. */
final class StoredJson {
  static final String ISSUER = "ca/issuer";
  static final String FENCE = "ca/fence";
  static final String LOG = "ca/log/";
  static final String LOG_HEAD = "ca/log-head";
  static final String TOKEN = "ca/token/";
  static final String BUNDLE = "ca/bundle";

  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private StoredJson() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static Value value(JsonNode json) {
    return Value.of(json.toString());
  }

  static ObjectNode read(Entry entry) {
    try {
      if (MAPPER.readTree(entry.value().text()) instanceof ObjectNode object) {
        return object;
      }
      throw new StoreException("the store's '" + entry.key() + "' is no JSON object");
    } catch (JsonProcessingException e) {
      throw new StoreException("the store's '" + entry.key() + "' cannot be read: " + e, e);
    }
  }
}
