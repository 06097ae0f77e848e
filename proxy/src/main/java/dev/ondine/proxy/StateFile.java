package dev.ondine.proxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file in the run directory that tells the supervisor, in one word, where the sidecar stands:
 * {@code starting}, {@code ready}, {@code registered}, {@code draining} or {@code drained}.
 */
final class StateFile {
  private static final Logger LOG = LoggerFactory.getLogger(StateFile.class);

  private final Optional<Path> folder;
  private String last = "";

  /** In this folder; without one nothing is written. */
  StateFile(Optional<Path> folder) {
    this.folder = folder;
  }

  /** Writes the word if it is another one; a reader sees the old word or the new one. */
  synchronized void write(String word) {
    if (folder.isEmpty() || word.equals(last)) {
      return;
    }
    try {
      var fresh = folder.get().resolve("state.new");
      Files.writeString(fresh, word + "\n");
      Files.move(fresh, folder.get().resolve("state"), StandardCopyOption.ATOMIC_MOVE);
      last = word; // not before: what could not be written is tried again with the next view
    } catch (IOException e) {
      LOG.warn("the state '{}' cannot be written: {}", word, e.toString());
    }
  }
}
