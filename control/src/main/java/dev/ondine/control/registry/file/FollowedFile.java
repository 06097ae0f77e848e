package dev.ondine.control.registry.file;

import dev.ondine.control.policy.DocumentReader;
import dev.ondine.control.policy.InvalidDocumentsException;
import dev.ondine.control.policy.Problem;
import dev.ondine.control.policy.SourcedDocument;
import dev.ondine.control.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One file of the folder: what was seen of it, and what is wrong with it. Confined. */
final class FollowedFile {
  private static final Logger LOG = LoggerFactory.getLogger(FollowedFile.class);

  private final Path file;
  private final String owner;
  private Optional<FolderListing.Stamp> seen = Optional.empty();
  private Optional<FolderListing.Stamp> read = Optional.empty();
  // What it says, where the registry has not taken it yet.
  private Optional<List<SourcedDocument>> pending = Optional.empty();
  private List<String> problems = List.of();
  private boolean missing;
  private boolean gone;

  FollowedFile(Path file) {
    this.file = file;
    this.owner = file.getFileName().toString();
  }

  List<String> problems() {
    return problems;
  }

  /**
   * Reads it if it is new or changed.
   *
   * @param settled whether a file that changed since the last look may be read now
   */
  void look(FolderListing.Stamp stamp, boolean settled, DocumentReader reader) {
    if (gone) {
      read = Optional.empty(); // back before its end was taken
      pending = Optional.empty();
    }
    missing = false;
    gone = false;
    var still = seen.filter(stamp::equals).isPresent();
    seen = Optional.of(stamp);
    if (read.filter(stamp::equals).isPresent() || !(still || settled)) {
      return;
    }
    read = seen;
    try {
      pending = Optional.of(reader.read(owner, text()));
    } catch (InvalidDocumentsException e) {
      pending = Optional.empty();
      refused(e.problems());
    } catch (IOException e) {
      pending = Optional.empty();
      read = Optional.empty(); // permissions may change without a trace in the stamp
      failed(List.of(owner + ": cannot be read: " + reason(e)));
    }
  }

  /**
   * It is not in the folder. Only when that holds still, too, is it gone: whoever renames or
   * replaces a file may do it in two steps, and its new name is not read at once either.
   *
   * @param settled whether it is gone now
   */
  void miss(boolean settled) {
    if (missing || settled) {
      gone = true;
      pending = Optional.of(List.of());
    }
    missing = true;
  }

  boolean isGone() {
    return gone;
  }

  /**
   * What it says, if that is not in force yet. What the registry refuses is offered again, because
   * what it contradicts may go.
   */
  Optional<List<SourcedDocument>> offered() {
    return missing && !gone ? Optional.empty() : pending;
  }

  /** What it says is in force. */
  void taken() {
    pending = Optional.empty();
    if (!problems.isEmpty()) {
      LOG.info("{} is in order again", owner);
    }
    problems = List.of();
    LOG.debug("{} is taken", owner);
  }

  void refused(List<Problem> why) {
    failed(why.stream().map(Problem::toString).toList());
  }

  void notTaken(StoreException why) {
    failed(List.of(owner + ": not taken yet: " + why.getMessage()));
  }

  private void failed(List<String> why) {
    if (!why.equals(problems)) {
      LOG.warn("{} is not in force, what it said before is: {}", owner, String.join("; ", why));
      problems = why;
    }
  }

  private String text() throws IOException {
    try (var in = Files.newInputStream(file)) {
      var bytes = in.readNBytes(DocumentReader.MAX_CHARACTERS + 1);
      if (bytes.length > DocumentReader.MAX_CHARACTERS) {
        throw new IOException("it is longer than " + DocumentReader.MAX_CHARACTERS + " bytes");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    }
  }

  private static String reason(IOException failure) {
    return switch (failure) {
      case AccessDeniedException _ -> "permission denied";
      case CharacterCodingException _ -> "it is not UTF-8 text";
      default -> String.valueOf(failure.getMessage());
    };
  }
}
