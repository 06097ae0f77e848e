package dev.ondine.control.registry.file;

import dev.ondine.control.policy.DocumentReader;
import dev.ondine.control.policy.InvalidDocumentsException;
import dev.ondine.control.policy.Problem;
import dev.ondine.control.policy.SourcedDocument;
import dev.ondine.control.registry.Registry;
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
      failed(e.problems().stream().map(Problem::toString).toList());
    } catch (IOException e) {
      pending = Optional.empty();
      read = Optional.empty(); // permissions may change without a trace in the stamp
      failed(List.of(owner + ": cannot be read: " + reason(e)));
    }
  }

  /**
   * Makes what it says be in force, if that is not so yet; true when it changed something. What the
   * registry refuses is offered again, because what it contradicts may go.
   */
  boolean offer(Registry registry) {
    if (pending.isEmpty()) {
      return false;
    }
    try {
      var applied = registry.replace(owner, pending.get());
      pending = Optional.empty();
      if (!problems.isEmpty()) {
        LOG.info("{} is in order again", owner);
      }
      problems = List.of();
      LOG.debug("{}: {}", owner, applied);
      return true;
    } catch (InvalidDocumentsException e) {
      failed(e.problems().stream().map(Problem::toString).toList());
    } catch (StoreException e) {
      failed(List.of(owner + ": not taken yet: " + e.getMessage()));
    }
    return false;
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
