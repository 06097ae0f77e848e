package dev.ondine.control.policy;

import dev.ondine.control.policy.Tree.Scalar;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.ReaderException;

/**
 * Reads YAML as trees; no object of any class is made from it.
 *
 * <p>Plain words mean what they mean in YAML 1.2 and JSON: {@code no}, {@code on} and {@code 010}
 * are text. What is referred to by aliases counts each time, so that a small text stays small.
 */
final class YamlText {
  static final int MAX_DEPTH = 32;
  static final int MAX_VALUES = 200_000;
  private static final int MAX_ALIASES = 50;

  // Ours, on single words of bounded length.
  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]{1,3})?");
  private static final Set<Tag> TAGS =
      Set.of(
          Tag.STR,
          Tag.INT,
          Tag.FLOAT,
          Tag.BOOL,
          Tag.NULL,
          Tag.TIMESTAMP,
          Tag.MAP,
          Tag.SEQ,
          Tag.MERGE);

  private final Faults faults;
  private int values;

  private YamlText(Faults faults) {
    this.faults = faults;
  }

  /** All documents up to the first place that is not YAML, which is a fault. */
  static List<Tree> read(String text, Faults faults) {
    var options = new LoaderOptions();
    options.setCodePointLimit(DocumentReader.MAX_CHARACTERS);
    options.setMaxAliasesForCollections(MAX_ALIASES);
    options.setNestingDepthLimit(MAX_DEPTH);
    options.setAllowRecursiveKeys(false);
    var documents = new ArrayList<Tree>();
    try {
      var yaml = new Yaml(new SafeConstructor(options));
      var reader = new YamlText(faults);
      for (var node : yaml.composeAll(new StringReader(text))) {
        documents.add(reader.tree(node, 0));
      }
    } catch (MarkedYAMLException e) {
      var mark = e.getProblemMark() == null ? e.getContextMark() : e.getProblemMark();
      faults.add(mark == null ? 0 : mark.getLine() + 1, "", "", "not YAML: " + e.getProblem(), "");
    } catch (ReaderException e) {
      var before = text.substring(0, Math.min(text.length(), e.getPosition()));
      faults.add(
          1 + (int) before.chars().filter(c -> c == '\n').count(),
          "",
          "",
          "not YAML: character U+" + "%04X".formatted(e.getCodePoint()) + " may not be in it",
          "printable characters");
    } catch (YAMLException e) {
      faults.add(0, "", "", "not YAML: " + e.getMessage(), "");
    } catch (TooLargeException e) {
      faults.add(e.line, "", "", String.valueOf(e.getMessage()), "");
    }
    return documents;
  }

  private Tree tree(Node node, int depth) {
    var line = node.getStartMark().getLine() + 1;
    if (++values > MAX_VALUES) {
      throw new TooLargeException(line, "more than " + MAX_VALUES + " values, aliases resolved");
    }
    if (depth > MAX_DEPTH) {
      throw new TooLargeException(line, "nested more than " + MAX_DEPTH + " deep");
    }
    if (!TAGS.contains(node.getTag())) {
      var tag = node.getTag().getValue();
      faults.add(line, "", tag, "tags such as '" + tag + "' are not allowed", "");
    }
    return switch (node) {
      case ScalarNode scalar -> new Tree.Scalar(line, scalar.getValue(), type(scalar));
      case SequenceNode sequence -> {
        var items = new ArrayList<Tree>();
        sequence.getValue().forEach(item -> items.add(tree(item, depth + 1)));
        yield new Tree.Sequence(line, items);
      }
      case MappingNode mapping -> new Tree.Mapping(line, fields(mapping, depth));
      default -> throw new IllegalStateException("no such node: " + node.getNodeId());
    };
  }

  private List<Tree.Field> fields(MappingNode mapping, int depth) {
    var fields = new ArrayList<Tree.Field>();
    for (var tuple : mapping.getValue()) {
      var line = tuple.getKeyNode().getStartMark().getLine() + 1;
      if (tuple.getKeyNode() instanceof ScalarNode key) {
        fields.add(new Tree.Field(key.getValue(), line, tree(tuple.getValueNode(), depth + 1)));
      } else {
        faults.add(line, "", "", "a field's name must be a word", "");
      }
    }
    return fields;
  }

  private static Scalar.Type type(ScalarNode scalar) {
    if (scalar.getScalarStyle() != ScalarStyle.PLAIN) {
      return Scalar.Type.TEXT;
    }
    var text = scalar.getValue();
    return switch (text) {
      case "true", "false" -> Scalar.Type.TRUTH;
      case "", "~", "null" -> Scalar.Type.NULL;
      default ->
          text.length() <= 32 && NUMBER.matcher(text).matches()
              ? Scalar.Type.NUMBER
              : Scalar.Type.TEXT;
    };
  }

  /** The text stands for more than it may. */
  private static final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int line;

    TooLargeException(int line, String message) {
      super(message);
      this.line = line;
    }
  }
}
