package dev.ondine.control.api;

import dev.ondine.base.lifecycle.Component;
import dev.ondine.control.ca.IdentityAuthority;
import dev.ondine.xds.transport.UnixServers;
import io.grpc.BindableService;
import io.grpc.Server;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The Unix socket at which workloads of this host ask for certificates. Everybody may connect: the
 * kernel says who did.
 */
public final class IdentitySocket implements Component {
  private static final Logger LOG = LoggerFactory.getLogger(IdentitySocket.class);
  private static final long STOP_MILLIS = 200;

  /** What fits the kernel's structure, with its end. */
  private static final int MAX_PATH = 107;

  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwx--x--x");
  private static final Set<PosixFilePermission> SOCKET =
      PosixFilePermissions.fromString("rw-rw-rw-");

  private final Path path;
  private final BindableService service;
  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
  private @Nullable UnixServers servers;
  private @Nullable Server server;

  public IdentitySocket(Path path, IdentityAuthority ca) {
    this.path = path.toAbsolutePath().normalize();
    this.service = new WorkloadIdentityService(ca);
  }

  @Override
  public String name() {
    return "identity socket";
  }

  /** Binds and serves; an {@link IOException} says what is in the way. */
  @Override
  public void start() throws IOException {
    if (path.toString().length() > MAX_PATH) {
      throw new IOException(
          path + " has " + path.toString().length() + " characters (allowed: " + MAX_PATH + ")");
    }
    prepareFolder();
    removeStale();
    var opened = new UnixServers();
    servers = opened;
    var built = opened.at(path).executor(calls).addService(service).build();
    server = built;
    try {
      built.start();
    } catch (IOException e) {
      var cause = e.getCause() == null ? e : e.getCause();
      throw new IOException("cannot listen at " + path + ": " + cause.getMessage(), e);
    }
    Files.setPosixFilePermissions(path, SOCKET);
  }

  /** Others could put a socket of theirs in our place where they may write to the folder. */
  private void prepareFolder() throws IOException {
    var folder = path.getParent();
    if (folder == null) {
      throw new IOException(path + " is in no folder");
    }
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectories(folder);
      Files.setPosixFilePermissions(folder, FOLDER);
    }
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(folder + " is no folder");
    }
    var own = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    var owner = Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    if (!own.equals(owner)) {
      throw new IOException(
          folder + " belongs to uid " + owner + " (allowed: " + own + ", this process's)");
    }
    var permissions = Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS);
    if (permissions.contains(PosixFilePermission.GROUP_WRITE)
        || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
      throw new IOException(
          folder
              + " has the permissions "
              + PosixFilePermissions.toString(permissions)
              + ": others could take the socket's place (allowed: 0711)");
    }
  }

  /** A socket that nobody listens at is left from a process that died. */
  private void removeStale() throws IOException {
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
        || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(path + " is there already, and is no socket");
    }
    try (var probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      probe.connect(UnixDomainSocketAddress.of(path));
    } catch (IOException e) {
      LOG.debug("nobody listens at {}", path, e);
      Files.delete(path);
      return;
    }
    throw new IOException("another process listens at " + path);
  }

  @Override
  public void stop() {
    var running = server;
    if (running != null) {
      running.shutdownNow();
      try {
        if (!running.awaitTermination(STOP_MILLIS, TimeUnit.MILLISECONDS)) {
          LOG.warn("calls at {} did not end in time", path);
        }
        Files.deleteIfExists(path);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      } catch (IOException e) {
        LOG.warn("{} is left: {}", path, e.getMessage());
      }
    }
    if (servers != null) {
      servers.close();
    }
    calls.shutdown();
  }
}
