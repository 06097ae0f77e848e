package dev.ondine.control.registry.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The document files of a folder at one moment, by name.
 *
 * @param left names beyond the bound
 */
record FolderListing(TreeMap<String, Stamp> files, List<String> left) {
  private static final Pattern DOCUMENTS = Pattern.compile("[^.].*\\.(yaml|yml|json)");

  /** What differs when a file was changed or replaced. */
  record Stamp(long size, FileTime modified, Optional<String> identity) {}

  /** Looks at the folder; hidden files and folders in it do not count. */
  static FolderListing of(Path folder, int max) throws IOException {
    var files = new TreeMap<String, Stamp>();
    var left = List.<String>of();
    try (var entries = Files.list(folder)) {
      var names =
          entries
              .map(entry -> entry.getFileName().toString())
              .filter(name -> DOCUMENTS.matcher(name).matches())
              .sorted()
              .toList();
      for (var name : names.subList(0, Math.min(max, names.size()))) {
        stamp(folder.resolve(name)).ifPresent(stamp -> files.put(name, stamp));
      }
      left = names.subList(Math.min(max, names.size()), names.size());
    }
    return new FolderListing(files, left);
  }

  /** Empty for what is no file, or is gone meanwhile. */
  private static Optional<Stamp> stamp(Path file) throws IOException {
    try {
      var attributes = Files.readAttributes(file, BasicFileAttributes.class);
      var identity = Optional.ofNullable(attributes.fileKey()).map(Object::toString);
      return attributes.isRegularFile()
          ? Optional.of(new Stamp(attributes.size(), attributes.lastModifiedTime(), identity))
          : Optional.empty();
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }
}
