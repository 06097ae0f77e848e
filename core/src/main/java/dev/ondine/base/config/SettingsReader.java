package dev.ondine.base.config;

import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;

/** Reads the settings of one part from texts by name, each with its default. */
public final class SettingsReader {
  private final String part;
  private final Map<String, String> given;
  private final TreeSet<String> known = new TreeSet<>();

  /**
   * @param part for error messages: {@code discovery} in {@code discovery.idle}
   */
  public SettingsReader(String part, Map<String, String> given) {
    this.part = part;
    this.given = Map.copyOf(given);
  }

  /**
   * A whole number.
   *
   * @throws IllegalArgumentException naming the setting, its text and what is allowed
   */
  public int integer(String name, int otherwise) {
    return read(name, otherwise, "a whole number", Integer::valueOf);
  }

  /**
   * A duration as {@link Durations} reads it.
   *
   * @throws IllegalArgumentException naming the setting, its text and what is allowed
   */
  public Duration duration(String name, Duration otherwise) {
    return read(name, otherwise, Durations.ALLOWED, Durations::parse);
  }

  /**
   * To be called last: what was given and never read does not exist.
   *
   * @throws IllegalArgumentException naming it and all settings that exist
   */
  public void refuseOthers() {
    for (var name : given.keySet()) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            part + "." + name + ": no such setting; there are " + String.join(", ", known));
      }
    }
  }

  private <T> T read(String name, T otherwise, String allowed, Function<String, T> parse) {
    known.add(name);
    var text = given.get(name);
    if (text == null) {
      return otherwise;
    }
    try {
      return parse.apply(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          part + "." + name + ": '" + text + "' is not " + allowed, e);
    }
  }
}
