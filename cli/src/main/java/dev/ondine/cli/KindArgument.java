package dev.ondine.cli;

import dev.ondine.control.policy.Kind;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A kind of document as people type it: in any letter case, one or many. */
final class KindArgument implements ITypeConverter<Kind> {
  @Override
  public Kind convert(String text) {
    var wanted = text.toLowerCase(Locale.ROOT);
    return Arrays.stream(Kind.values())
        .filter(kind -> wanted.equals(one(kind)) || wanted.equals(many(kind)))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException("'" + text + "' is no kind (allowed: " + all() + ")"));
  }

  private static String one(Kind kind) {
    return kind.text().toLowerCase(Locale.ROOT);
  }

  private static String many(Kind kind) {
    var one = one(kind);
    return one.endsWith("s")
        ? one
        : one.endsWith("y") ? one.substring(0, one.length() - 1) + "ies" : one + "s";
  }

  private static String all() {
    return Arrays.stream(Kind.values()).map(Kind::text).collect(Collectors.joining(", "));
  }
}
