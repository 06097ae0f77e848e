package dev.ondine.control.ca;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * The folder with an authority's keys: nobody but its owner may read it, and what others could read
 * is refused rather than used.
 *
 * <p>A key and its certificates are one file, replaced at once, so that they always belong.
 */
public final class CaFolder {
  static final String ROOT = "root.pem";
  static final String INTERMEDIATE = "intermediate.pem";

  /** The root that comes next, while one is rotated in. */
  static final String NEXT_ROOT = "next-root.pem";

  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final long MAX_BYTES = 256 << 10;

  private final Path path;

  private CaFolder(Path path) {
    this.path = path;
  }

  /** Opens the folder, made with its parents when it is not there. */
  public static CaFolder open(Path path) {
    var absolute = path.toAbsolutePath().normalize();
    try {
      if (!Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
        var parent = absolute.getParent();
        if (parent != null) {
          Files.createDirectories(parent);
        }
        Files.createDirectory(absolute, attribute(FOLDER));
      }
      if (!Files.isDirectory(absolute, LinkOption.NOFOLLOW_LINKS)) {
        throw new CaException(absolute + " is no folder");
      }
      check(absolute, FOLDER, "0700");
    } catch (IOException e) {
      throw new CaException("the folder " + absolute + " cannot be used: " + e, e);
    }
    return new CaFolder(absolute);
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** The contents of a file; empty when there is none. */
  Optional<Pem.Contents> read(String name) {
    var file = path.resolve(name);
    try {
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.empty();
      }
      check(file, FILE, "0600");
      if (Files.size(file) > MAX_BYTES) {
        throw new CaException(file + " has more than " + MAX_BYTES + " bytes");
      }
      return Optional.of(Pem.read(file.toString(), Files.readString(file, US_ASCII)));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    } catch (IOException e) {
      throw new CaException(file + " cannot be read: " + e, e);
    }
  }

  /** Replaces a file; what was written is on the disk when this returns. */
  void write(String name, Pem.Contents contents) {
    var file = path.resolve(name);
    var draft = path.resolve(name + ".new");
    try {
      Files.deleteIfExists(draft); // of a process that died
      try (var out =
          FileChannel.open(
              draft,
              EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              attribute(FILE))) {
        var bytes = ByteBuffer.wrap(Pem.write(contents).getBytes(US_ASCII));
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      sync();
    } catch (IOException e) {
      throw new CaException(file + " cannot be written: " + e, e);
    }
  }

  /** Gives a file another name, in place of the one that has it. */
  void rename(String from, String to) {
    try {
      Files.move(
          path.resolve(from),
          path.resolve(to),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      sync();
    } catch (IOException e) {
      throw new CaException(path.resolve(from) + " cannot be renamed to " + to + ": " + e, e);
    }
  }

  private void sync() throws IOException {
    try (var folder = FileChannel.open(path, StandardOpenOption.READ)) {
      folder.force(true);
    }
  }

  private static void check(Path file, Set<PosixFilePermission> allowed, String text)
      throws IOException {
    var own = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    var owner = Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    if (!own.equals(owner)) {
      throw new CaException(file + " belongs to uid " + owner + ", and this process is uid " + own);
    }
    var actual = Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS);
    if (!allowed.containsAll(actual)) {
      throw new CaException(
          file
              + " has the permissions "
              + PosixFilePermissions.toString(actual)
              + ": others could read the authority's keys (allowed: "
              + text
              + "; chmod "
              + text
              + " "
              + file
              + ")");
    }
  }

  private static FileAttribute<Set<PosixFilePermission>> attribute(
      Set<PosixFilePermission> permissions) {
    return PosixFilePermissions.asFileAttribute(permissions);
  }
}
