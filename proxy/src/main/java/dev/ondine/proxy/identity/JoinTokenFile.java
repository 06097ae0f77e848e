package dev.ondine.proxy.identity;

import dev.ondine.model.InvalidResourceException;
import dev.ondine.model.JoinToken;
import dev.ondine.proxy.grpcclient.SigningChannel;
import dev.ondine.proxy.grpcclient.SigningChannels;
import dev.ondine.proxy.tls.ControlTrust;
import dev.ondine.proxy.tls.OwnKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A file with a join token, which lets the workload in once. It is removed when it is spent. */
record JoinTokenFile(SigningChannels channels, Path file, InstantSource clock)
    implements Attestation {
  private static final Logger LOG = LoggerFactory.getLogger(JoinTokenFile.class);
  private static final int MAX_BYTES = 4096;

  @Override
  public String name() {
    return "the join token in " + file;
  }

  @Override
  public boolean isPossible() {
    return Files.exists(file);
  }

  @Override
  public Optional<String> joinToken() throws IOException {
    return Optional.of(read().text());
  }

  @Override
  public SigningChannel open() throws IOException {
    return channels.secured(new OwnKeys(Optional::empty), ControlTrust.pinned(read(), clock));
  }

  private JoinToken read() throws IOException {
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException("it is longer than " + MAX_BYTES + " bytes");
    }
    try {
      return JoinToken.parse(Files.readString(file));
    } catch (InvalidResourceException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  @Override
  public void succeeded() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.info("the spent join token in {} cannot be removed: {}", file, e.getMessage());
    }
  }
}
