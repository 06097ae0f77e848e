package dev.ondine.control.registry.file;

import java.time.Duration;

/**
 * How a folder is followed.
 *
 * @param interval between looks; a changed file is read when it looks the same twice, so that one
 *     which is being written is not read half
 * @param maxFiles how many files may be in it; those beyond, by name, are left out and reported
 */
public record FolderSettings(Duration interval, int maxFiles) {
  public static final FolderSettings DEFAULTS = new FolderSettings(Duration.ofMillis(500), 10_000);

  public FolderSettings {
    if (interval.toMillis() < 1) {
      throw new IllegalArgumentException("folder.interval: " + interval + " is below 1ms");
    }
    if (maxFiles < 1) {
      throw new IllegalArgumentException("folder.maxFiles: " + maxFiles + " is below 1");
    }
  }
}
