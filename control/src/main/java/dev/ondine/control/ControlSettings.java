package dev.ondine.control;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a control plane is started with.
 *
 * @param xds where sidecars connect; port 0 for any
 * @param admin where the admin API listens; port 0 for any
 * @param store the store's file, which is created when it is not there
 * @param watch a folder of documents to follow
 */
public record ControlSettings(
    InetSocketAddress xds, InetSocketAddress admin, Path store, Optional<Path> watch) {
  public ControlSettings {
    requireNonNull(xds, "xds");
    requireNonNull(admin, "admin");
    requireNonNull(store, "store");
    requireNonNull(watch, "watch");
  }
}
