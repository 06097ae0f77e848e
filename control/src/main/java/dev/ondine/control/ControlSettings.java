package dev.ondine.control;

import static java.util.Objects.requireNonNull;

import dev.ondine.control.registry.RegistrySettings;
import dev.ondine.control.registry.file.FolderSettings;
import dev.ondine.control.store.SqliteStore;
import dev.ondine.xds.server.AdsSettings;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a control plane is started with.
 *
 * @param xds where sidecars connect, one address or more; port 0 for any
 * @param admin where the admin API listens; port 0 for any
 * @param store the store's file, which is created when it is not there
 * @param watch a folder of documents to follow
 * @param limits what bounds the store
 * @param identity how identities are given out and asked for; empty: all is in the clear
 */
public record ControlSettings(
    List<InetSocketAddress> xds,
    InetSocketAddress admin,
    Path store,
    Optional<Path> watch,
    RegistrySettings registry,
    FolderSettings folder,
    AdsSettings ads,
    SqliteStore.Limits limits,
    Optional<IdentitySettings> identity) {
  public ControlSettings {
    xds = List.copyOf(xds);
    requireNonNull(admin, "admin");
    requireNonNull(store, "store");
    requireNonNull(watch, "watch");
    requireNonNull(registry, "registry");
    requireNonNull(folder, "folder");
    requireNonNull(ads, "ads");
    requireNonNull(limits, "limits");
    requireNonNull(identity, "identity");
    if (xds.isEmpty()) {
      throw new IllegalArgumentException("xds: no address");
    }
  }

  /** With the defaults for all bounds and times, and without identities. */
  public ControlSettings(
      List<InetSocketAddress> xds, InetSocketAddress admin, Path store, Optional<Path> watch) {
    this(
        xds,
        admin,
        store,
        watch,
        RegistrySettings.DEFAULTS,
        FolderSettings.DEFAULTS,
        AdsSettings.DEFAULTS,
        SqliteStore.Limits.DEFAULT,
        Optional.empty());
  }

  /** The same with identities. */
  public ControlSettings withIdentity(IdentitySettings given) {
    return new ControlSettings(
        xds, admin, store, watch, registry, folder, ads, limits, Optional.of(given));
  }
}
