package dev.ondine.control.policy;

import dev.ondine.control.policy.Tree.Scalar;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The words of documents: which are names, which stand for constants, how types are called. */
final class Words {
  /** What an error says of names. */
  static final String NAMES =
      "lower-case letters, digits and '-', 1 to 63 characters, starting and ending with a letter"
          + " or digit";

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  private Words() {}

  /** Whether DNS allows it as a label. */
  static boolean isName(String text) {
    return text.length() <= 63 && NAME.matcher(text).matches();
  }

  /** The words for an enum's constants, in their order: {@code ROUND_ROBIN} is roundRobin. */
  static <E extends Enum<E>> Map<String, E> of(E[] constants) {
    var words = new LinkedHashMap<String, E>();
    for (var constant : constants) {
      var parts = constant.name().split("_", -1);
      var word =
          Arrays.stream(parts)
              .map(part -> part.charAt(0) + part.substring(1).toLowerCase(Locale.ROOT))
              .collect(Collectors.joining());
      words.put(Character.toLowerCase(word.charAt(0)) + word.substring(1), constant);
    }
    return words;
  }

  static String noun(Scalar.Type type) {
    return switch (type) {
      case TEXT -> "text";
      case NUMBER -> "a number";
      case TRUTH -> "true or false";
      case NULL -> "nothing";
    };
  }
}
