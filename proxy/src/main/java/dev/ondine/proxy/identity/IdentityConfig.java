package dev.ondine.proxy.identity;

import static java.util.Objects.requireNonNull;

import dev.ondine.proxy.grpcclient.SigningChannels;
import dev.ondine.proxy.tls.IdentitySource;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * By what a sidecar may prove who its workload is.
 *
 * @param serviceAccount the last part of the identity; its namespace is the workload's
 * @param sockets where a control on this host may have its own
 * @param joinToken a file with a token
 * @param key where the key outlives the process; empty: nowhere
 */
public record IdentityConfig(
    String serviceAccount,
    List<Path> sockets,
    Optional<Path> joinToken,
    Optional<KeyFile> key,
    IdentitySettings settings) {
  public IdentityConfig {
    requireNonNull(serviceAccount, "serviceAccount");
    sockets = List.copyOf(sockets);
    requireNonNull(joinToken, "joinToken");
    requireNonNull(key, "key");
    requireNonNull(settings, "settings");
  }

  /** Whom the workload says it is. */
  public Claim claim(String namespace) {
    var advice =
        "there is no socket of a control on this host ("
            + sockets.stream().map(Path::toString).collect(Collectors.joining(", "))
            + ")"
            + joinToken.map(file -> ", and no join token in " + file).orElse("")
            + "; `ondine token create` makes a join token, for --join-token-file";
    return new Claim(namespace, serviceAccount, advice);
  }

  /** The ways, in the order in which they are tried. */
  public List<Attestation> attestations(
      SigningChannels channels, IdentitySource identity, InstantSource clock) {
    var ways = new ArrayList<Attestation>();
    ways.add(new RenewalByCertificate(channels, identity, clock));
    sockets.forEach(socket -> ways.add(new LocalSocket(channels, socket)));
    joinToken.ifPresent(file -> ways.add(new JoinTokenFile(channels, file, clock)));
    return ways;
  }
}
