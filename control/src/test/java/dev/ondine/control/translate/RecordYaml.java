package dev.ondine.control.translate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Writes records as YAML for golden files: a record is a map that begins with its type. */
final class RecordYaml {
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .disable(YAMLGenerator.Feature.SPLIT_LINES)
          .build();

  private RecordYaml() {}

  static String write(Map<String, ?> values) {
    try {
      return YAML.writeValueAsString(plain(values));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Object plain(Object value) {
    return switch (value) {
      case Record record -> fields(record);
      case Optional<?> optional -> optional.map(RecordYaml::plain).orElse("none");
      case java.util.Set<?> set -> set.stream().map(String::valueOf).sorted().toList();
      case Collection<?> list -> list.stream().map(RecordYaml::plain).toList();
      case java.util.SortedMap<?, ?> map -> values(map, new TreeMap<>());
      case Map<?, ?> map -> values(map, new LinkedHashMap<>());
      case Number number -> number;
      case Boolean truth -> truth;
      default -> value.toString();
    };
  }

  private static Map<String, Object> values(Map<?, ?> map, Map<String, Object> into) {
    map.forEach((key, value) -> into.put(key.toString(), plain(value)));
    return into;
  }

  private static Map<String, Object> fields(Record record) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("is", record.getClass().getSimpleName());
    for (var component : record.getClass().getRecordComponents()) {
      try {
        fields.put(component.getName(), plain(component.getAccessor().invoke(record)));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
    return fields;
  }
}
