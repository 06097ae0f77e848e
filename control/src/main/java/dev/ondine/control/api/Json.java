package dev.ondine.control.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ondine.control.api.http.ApiException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.function.BiConsumer;

/** JSON trees as the API reads and writes them. */
final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private Json() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  /** {@code {name: [one object for each item]}}. */
  static <T> ObjectNode list(
      String name, Collection<? extends T> items, BiConsumer<T, ObjectNode> write) {
    var result = object();
    var array = result.putArray(name);
    items.forEach(item -> write.accept(item, array.addObject()));
    return result;
  }

  /** A member of the array under this name, which is made when it is not there. */
  static ArrayNode array(ObjectNode object, String name) {
    return object.withArrayProperty(name);
  }

  /** Reads the body of a request; 400 where it is no JSON. */
  static JsonNode read(byte[] body) {
    try {
      return MAPPER.readTree(new String(body, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      var at = e.getLocation();
      throw new ApiException(
          400,
          "the body is not JSON, line "
              + (at == null ? 1 : at.getLineNr())
              + ": "
              + e.getOriginalMessage());
    }
  }

  /** JSON of our own, as stored. */
  static JsonNode stored(String json) {
    try {
      return MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a stored document is not JSON", e);
    }
  }
}
