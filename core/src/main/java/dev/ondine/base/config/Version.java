package dev.ondine.base.config;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this build of Ondine. */
public final class Version {
  private Version() {}

  /** Such as {@code 0.1.0}; the build wrote it beside this class. */
  public static String current() {
    var properties = new Properties();
    try (var in = Version.class.getResourceAsStream("version.properties")) {
      properties.load(requireNonNull(in, "version.properties is missing in the jar of core"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return requireNonNull(properties.getProperty("version"));
  }
}
