package dev.ondine.proxy.tls;

import dev.ondine.model.Identity;
import dev.ondine.proxy.tls.PeerVerifier.Role;
import dev.ondine.proxy.tls.PeerVerifier.Verified;
import dev.ondine.proxy.transport.Secured;
import io.netty.channel.ChannelFuture;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Who is at the other end of a secure connection, and for how long that holds: until a certificate
 * of either side expires, or until the peer's root is believed no longer. Confined to its loop.
 */
final class MeshPeer implements Secured {
  private final Role role;
  private final Verified verified;
  private final long expires;
  private final IdentitySource source;
  private final InstantSource clock;
  private final Supplier<ChannelFuture> goodbye;
  private final BooleanSupplier inputEnded;
  private MeshCredentials checkedWith;
  private boolean stale;

  /**
   * @param role the peer's
   * @param own what it was shown
   */
  MeshPeer(
      Role role,
      Verified verified,
      MeshCredentials own,
      IdentitySource source,
      InstantSource clock,
      Supplier<ChannelFuture> goodbye,
      BooleanSupplier inputEnded) {
    this.role = role;
    this.verified = verified;
    this.checkedWith = own;
    this.source = source;
    this.clock = clock;
    this.goodbye = goodbye;
    this.inputEnded = inputEnded;
    var end = verified.notAfter().toEpochMilli();
    for (var certificate : own.credentials().chain()) {
      end = Math.min(end, certificate.getNotAfter().toInstant().toEpochMilli());
    }
    this.expires = end;
  }

  @Override
  public Optional<Identity> peer() {
    return Optional.of(verified.identity());
  }

  @Override
  public ChannelFuture goodbye() {
    return goodbye.get();
  }

  @Override
  public boolean isInputEnded() {
    return inputEnded.getAsBoolean();
  }

  @Override
  public boolean isStale() {
    if (!stale) {
      stale = clock.millis() > expires || !isStillTrusted();
    }
    return stale;
  }

  /** Looks again when other roots are believed than before; renewed credentials change nothing. */
  private boolean isStillTrusted() {
    var current = source.current();
    if (current.isEmpty() || current.get().generation() == checkedWith.generation()) {
      return true;
    }
    var before = checkedWith;
    checkedWith = current.get();
    if (checkedWith.trustsAs(before)) {
      return true;
    }
    try {
      new PeerVerifier(checkedWith.bundles()).verify(verified.chain(), role, clock.instant());
      return true;
    } catch (RefusedPeerException _) {
      return false;
    }
  }
}
