package dev.ondine.control.registry.file;

import static java.util.Objects.requireNonNull;

import dev.ondine.base.lifecycle.Component;
import dev.ondine.base.time.Scheduler;
import dev.ondine.control.policy.DocumentReader;
import dev.ondine.control.policy.Problem;
import dev.ondine.control.policy.SourcedDocument;
import dev.ondine.control.registry.Registry;
import dev.ondine.control.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder whose files' documents are in force. Each file is an owner of its own: a file that is
 * wrong keeps what it said before, and only that.
 *
 * <p>It is looked at in intervals, because what file systems tell of changes differs too much: bind
 * mounts, network mounts and the links of Kubernetes' volumes included.
 */
public final class DocumentFolder implements Component {
  private static final Logger LOG = LoggerFactory.getLogger(DocumentFolder.class);

  private final Path folder;
  private final FolderSettings settings;
  private final Registry registry;
  private final DocumentReader reader;
  private final Scheduler scheduler;
  // Confined to the scheduler once started.
  private final TreeMap<String, FollowedFile> files = new TreeMap<>();
  private volatile List<String> problems = List.of();
  private volatile boolean stopped;

  /**
   * @param scheduler may be blocked: files are read and changes are stored on it
   */
  public DocumentFolder(
      Path folder,
      FolderSettings settings,
      Registry registry,
      DocumentReader reader,
      Scheduler scheduler) {
    this.folder = folder;
    this.settings = settings;
    this.registry = registry;
    this.reader = reader;
    this.scheduler = scheduler;
  }

  @Override
  public String name() {
    return "folder";
  }

  /**
   * Makes what is in the folder be in force, and goes on following it. Documents of files that are
   * not there any more are removed.
   *
   * @throws IOException when the folder cannot be read
   */
  @Override
  public void start() throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException(folder + " is no folder");
    }
    var listing = listing();
    for (var owner : registry.owners()) {
      if (!listing.files().containsKey(owner)) {
        files.put(owner, new FollowedFile(folder.resolve(owner)));
      }
    }
    take(listing, true);
    again();
  }

  private FolderListing listing() throws IOException {
    try {
      return FolderListing.of(folder, settings.maxFiles());
    } catch (IOException e) {
      throw new IOException(folder + " cannot be read: " + e, e);
    }
  }

  private void look() {
    if (stopped) {
      return;
    }
    try {
      take(listing(), false);
    } catch (IOException | StoreException e) {
      var problem = String.valueOf(e.getMessage());
      if (!problems.contains(problem)) {
        LOG.warn("the files are not followed: {}", problem);
      }
      problems = List.of(problem);
    } finally {
      again();
    }
  }

  private void again() {
    if (!stopped) {
      scheduler.schedule(settings.interval(), this::look);
    }
  }

  private void take(FolderListing listing, boolean settled) {
    files.forEach(
        (name, file) -> {
          if (!listing.files().containsKey(name)) {
            file.miss(settled);
          }
        });
    listing
        .files()
        .forEach(
            (name, stamp) ->
                files
                    .computeIfAbsent(name, n -> new FollowedFile(folder.resolve(n)))
                    .look(stamp, settled, reader));
    offer();
    var found = new ArrayList<String>();
    files.values().forEach(file -> found.addAll(file.problems()));
    if (!listing.left().isEmpty()) {
      found.add(
          listing.left().size() + " files are left out, beyond the first " + settings.maxFiles());
    }
    problems = List.copyOf(found);
  }

  /** All in one step: a file may be renamed, a document may move from one to another. */
  private void offer() {
    var changes = new TreeMap<String, List<SourcedDocument>>();
    files.forEach((name, file) -> file.offered().ifPresent(says -> changes.put(name, says)));
    if (!changes.isEmpty()) {
      offer(changes);
    }
  }

  private void offer(Map<String, List<SourcedDocument>> changes) {
    try {
      var refused = registry.replaceEach(changes);
      changes.keySet().forEach(name -> offered(name, refused.getOrDefault(name, List.of())));
    } catch (StoreException e) {
      if (changes.size() > 1) {
        // Together they may be too many, and one must not fail the others.
        changes.forEach((name, says) -> offer(Map.of(name, says)));
      } else {
        changes.keySet().forEach(name -> requireNonNull(files.get(name)).notTaken(e));
      }
    }
  }

  private void offered(String name, List<Problem> refused) {
    var file = requireNonNull(files.get(name));
    if (!refused.isEmpty()) {
      file.refused(refused);
      return;
    }
    file.taken();
    if (file.isGone()) {
      files.remove(name);
      LOG.info("{} is gone, its documents are removed", name);
    }
  }

  /** What is wrong with the files now, one line each. Any thread. */
  public List<String> problems() {
    return problems;
  }

  @Override
  public void stop() {
    stopped = true;
  }
}
