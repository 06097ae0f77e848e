package dev.ondine.control.ca;

import dev.ondine.model.Identity;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What an authority is started with.
 *
 * @param folder with its keys
 * @param command signs in its place
 * @param local who may ask for what over the Unix socket
 */
public record CaConfig(
    String trustDomain,
    Path folder,
    Optional<Path> command,
    List<LocalIdentity> local,
    CaSettings settings) {
  public CaConfig {
    Identity.trustDomain(trustDomain);
    local = List.copyOf(local);
  }
}
