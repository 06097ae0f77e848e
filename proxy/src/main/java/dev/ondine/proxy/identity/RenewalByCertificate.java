package dev.ondine.proxy.identity;

import dev.ondine.proxy.grpcclient.SigningChannel;
import dev.ondine.proxy.grpcclient.SigningChannels;
import dev.ondine.proxy.tls.ControlTrust;
import dev.ondine.proxy.tls.IdentitySource;
import dev.ondine.proxy.tls.OwnKeys;
import java.time.InstantSource;
import java.util.Optional;

/** Whoever has a valid certificate proves by it that it may have the next one. */
record RenewalByCertificate(SigningChannels channels, IdentitySource identity, InstantSource clock)
    implements Attestation {
  @Override
  public String name() {
    return "its own certificate";
  }

  @Override
  public boolean isPossible() {
    return identity.current().isPresent();
  }

  @Override
  public Optional<String> joinToken() {
    return Optional.empty();
  }

  @Override
  public SigningChannel open() {
    return channels.secured(new OwnKeys(identity), ControlTrust.of(identity, clock));
  }

  @Override
  public void succeeded() {}
}
