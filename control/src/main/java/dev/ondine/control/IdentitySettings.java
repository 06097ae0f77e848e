package dev.ondine.control;

import static java.util.Objects.requireNonNull;

import dev.ondine.control.ca.CaConfig;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * How a control plane gives out identities, and asks for them.
 *
 * @param ca the authority
 * @param socket the Unix socket for workloads of this host
 * @param plaintext where clients without an identity, such as foreign Envoys, take xDS in the
 *     clear; usually nowhere
 */
public record IdentitySettings(CaConfig ca, Path socket, List<InetSocketAddress> plaintext) {
  public IdentitySettings {
    requireNonNull(ca, "ca");
    requireNonNull(socket, "socket");
    plaintext = List.copyOf(plaintext);
  }
}
