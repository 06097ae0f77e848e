package dev.ondine.control.policy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.ondine.control.policy.Tree.Scalar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Reads JSON as trees, and writes trees as JSON. */
final class JsonText {
  private static final Pattern JSON = Pattern.compile("[\\s\\[{]*\"");
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(YamlText.MAX_DEPTH).build())
          .build();

  private JsonText() {}

  /** Whether a text is meant as JSON and not as YAML, which may look like it. */
  static boolean isLikely(String text) {
    return (text.startsWith("{") || text.startsWith("[") || text.isEmpty() || text.charAt(0) <= ' ')
        && JSON.matcher(text).lookingAt()
        && !text.strip().startsWith("\"");
  }

  /** All values up to the first place that is not JSON, which is a fault. */
  static List<Tree> read(String text, Faults faults) {
    var values = new ArrayList<Tree>();
    try (var parser = FACTORY.createParser(text)) {
      while (parser.nextToken() != null) {
        values.add(value(parser));
      }
    } catch (JsonProcessingException e) {
      var at = e.getLocation();
      faults.add(
          at == null ? 0 : at.getLineNr(), "", "", "not JSON: " + e.getOriginalMessage(), "");
    } catch (IOException e) {
      throw new UncheckedIOException(e); // not when reading from memory
    }
    return values;
  }

  private static Tree value(JsonParser parser) throws IOException {
    var line = parser.currentTokenLocation().getLineNr();
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        var fields = new ArrayList<Tree.Field>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          var name = parser.currentName();
          var at = parser.currentTokenLocation().getLineNr();
          parser.nextToken();
          fields.add(new Tree.Field(name, at, value(parser)));
        }
        yield new Tree.Mapping(line, fields);
      }
      case START_ARRAY -> {
        var items = new ArrayList<Tree>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(value(parser));
        }
        yield new Tree.Sequence(line, items);
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> scalar(parser, line, Scalar.Type.NUMBER);
      case VALUE_TRUE, VALUE_FALSE -> scalar(parser, line, Scalar.Type.TRUTH);
      case VALUE_NULL -> scalar(parser, line, Scalar.Type.NULL);
      case VALUE_STRING -> scalar(parser, line, Scalar.Type.TEXT);
      case END_OBJECT, END_ARRAY, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
          throw new IllegalStateException("no value begins with " + parser.currentToken());
    };
  }

  private static Tree scalar(JsonParser parser, int line, Scalar.Type type) throws IOException {
    return new Tree.Scalar(line, parser.getText(), type);
  }

  /** The tree as JSON. */
  static JsonNode write(Tree tree) {
    var make = JsonNodeFactory.instance;
    return switch (tree) {
      case Tree.Mapping(_, var fields) -> {
        var object = make.objectNode();
        fields.forEach(field -> object.set(field.name(), write(field.value())));
        yield object;
      }
      case Tree.Sequence(_, var items) -> {
        var array = make.arrayNode();
        items.forEach(item -> array.add(write(item)));
        yield array;
      }
      case Tree.Scalar(_, var text, var type) ->
          switch (type) {
            case TEXT -> make.textNode(text);
            case TRUTH -> make.booleanNode(text.equals("true"));
            case NULL -> make.nullNode();
            case NUMBER ->
                text.matches("-?[0-9]{1,18}")
                    ? make.numberNode(Long.parseLong(text))
                    : make.numberNode(Double.parseDouble(text));
          };
    };
  }
}
