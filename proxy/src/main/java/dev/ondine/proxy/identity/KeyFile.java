package dev.ondine.proxy.identity;

import dev.ondine.model.Identity;
import dev.ondine.model.InvalidResourceException;
import dev.ondine.model.TrustBundle;
import dev.ondine.model.TrustBundles;
import dev.ondine.proxy.tls.Credentials;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The one file in which a key outlives the process: mode 0600, replaced as a whole, with a
 * checksum.
 *
 * @param anyDisk whether it may be on a file system that outlives the machine's memory
 */
public record KeyFile(Path path, boolean anyDisk) {
  private static final int MAGIC = 0x4f4e4431; // "OND1"
  private static final int MAX_BYTES = 1 << 20;
  private static final int MAX_COUNT = 64; // of certificates, bundles
  private static final int CHECKSUM_BYTES = 32;
  private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs");
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  /**
   * Replaces the file.
   *
   * @throws IOException saying why it must not be there or cannot be written
   */
  void save(Held held) throws IOException {
    var folder = folder();
    var type = Files.getFileStore(folder).type();
    if (!anyDisk && !IN_MEMORY.contains(type)) {
      throw new IOException(
          folder + " is on a file system of type " + type + ", not in memory (tmpfs, ramfs)");
    }
    var next = folder.resolve(path.getFileName() + ".next");
    Files.deleteIfExists(next);
    var attributes = PosixFilePermissions.asFileAttribute(OWNER_ONLY);
    try (var channel =
        Files.newByteChannel(
            next,
            Set.of(
                StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
            attributes)) {
      var bytes = java.nio.ByteBuffer.wrap(write(held));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
    Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * What the file has; empty: there is none.
   *
   * @throws IOException saying why it is not believed
   */
  Optional<Held> load() throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    var permissions = Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
    if (!OWNER_ONLY.containsAll(permissions)) {
      throw new IOException(
          path
              + " may be read or written by others ("
              + PosixFilePermissions.toString(permissions)
              + ", allowed: rw-------)");
    }
    if (Files.size(path) > MAX_BYTES) {
      throw new IOException(path + " is longer than " + MAX_BYTES + " bytes");
    }
    try {
      return Optional.of(read(Files.readAllBytes(path)));
    } catch (GeneralSecurityException | InvalidResourceException | IOException e) {
      throw new IOException(path + " cannot be read: " + e.getMessage(), e);
    }
  }

  private Path folder() {
    var parent = path.toAbsolutePath().getParent();
    if (parent == null) {
      throw new IllegalArgumentException(path + " is no file in a folder");
    }
    return parent;
  }

  private static byte[] write(Held held) throws IOException {
    var bytes = new ByteArrayOutputStream(4096);
    var out = new DataOutputStream(bytes);
    out.writeInt(MAGIC);
    out.writeUTF(held.identity().spiffeId());
    out.writeLong(held.since().toEpochMilli());
    var key = held.credentials().key();
    out.writeUTF(key.getAlgorithm());
    write(out, key.getEncoded());
    writeAll(out, held.credentials().chain());
    out.writeInt(held.bundles().byDomain().size());
    for (var bundle : held.bundles().byDomain().values()) {
      out.writeUTF(bundle.trustDomain());
      out.writeLong(bundle.sequence());
      writeAll(out, bundle.roots());
    }
    out.flush();
    bytes.write(checksum(bytes.toByteArray(), bytes.size()));
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, byte[] part) throws IOException {
    out.writeInt(part.length);
    out.write(part);
  }

  private static void writeAll(DataOutputStream out, List<X509Certificate> all) throws IOException {
    out.writeInt(all.size());
    for (var one : all) {
      try {
        write(out, one.getEncoded());
      } catch (GeneralSecurityException e) {
        throw new IOException("a certificate cannot be written", e);
      }
    }
  }

  private static Held read(byte[] file) throws IOException, GeneralSecurityException {
    var length = file.length - CHECKSUM_BYTES;
    if (length < 0
        || !MessageDigest.isEqual(
            checksum(file, length), java.util.Arrays.copyOfRange(file, length, file.length))) {
      throw new IOException("it is damaged: its checksum is another");
    }
    var in = new DataInputStream(new ByteArrayInputStream(file, 0, length));
    if (in.readInt() != MAGIC) {
      throw new IOException("it is of another version");
    }
    var identity = Identity.parse(in.readUTF());
    var since = Instant.ofEpochMilli(in.readLong());
    var key =
        KeyFactory.getInstance(in.readUTF()).generatePrivate(new PKCS8EncodedKeySpec(part(in)));
    var chain = readAll(in);
    var bundles = new HashMap<String, TrustBundle>();
    for (var left = count(in); left > 0; left--) {
      var domain = in.readUTF();
      var sequence = in.readLong();
      bundles.put(domain, new TrustBundle(domain, readAll(in), sequence));
    }
    return new Held(
        identity, new Credentials(chain, key), new TrustBundles(Map.copyOf(bundles)), since);
  }

  private static List<X509Certificate> readAll(DataInputStream in)
      throws IOException, GeneralSecurityException {
    var all = new ArrayList<X509Certificate>();
    for (var left = count(in); left > 0; left--) {
      all.add(
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(part(in))));
    }
    return all;
  }

  private static int count(DataInputStream in) throws IOException {
    var count = in.readInt();
    if (count < 0 || count > MAX_COUNT) {
      throw new IOException("it is damaged: " + count + " parts");
    }
    return count;
  }

  private static byte[] part(DataInputStream in) throws IOException {
    var length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("it is damaged: a part of " + length + " bytes");
    }
    return in.readNBytes(length);
  }

  private static byte[] checksum(byte[] bytes, int length) {
    try {
      var sha = MessageDigest.getInstance("SHA-256");
      sha.update(bytes, 0, length);
      return sha.digest();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
