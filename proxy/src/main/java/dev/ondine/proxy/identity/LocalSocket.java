package dev.ondine.proxy.identity;

import dev.ondine.proxy.grpcclient.SigningChannel;
import dev.ondine.proxy.grpcclient.SigningChannels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Control on the same host knows a process by its user. The socket must be root's or the own
 * user's: anybody else's could be anybody's.
 */
record LocalSocket(SigningChannels channels, Path socket) implements Attestation {
  private static final int ROOT = 0;

  @Override
  public String name() {
    return "the socket " + socket;
  }

  @Override
  public boolean isPossible() {
    return Files.exists(socket);
  }

  @Override
  public Optional<String> joinToken() {
    return Optional.empty();
  }

  @Override
  public SigningChannel open() throws IOException {
    var owner = (Integer) Files.getAttribute(socket, "unix:uid", LinkOption.NOFOLLOW_LINKS);
    var self = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    if (owner != ROOT && !owner.equals(self)) {
      throw new IOException("it belongs to user " + owner + ", who is neither root nor " + self);
    }
    return channels.local(socket);
  }

  @Override
  public void succeeded() {}
}
