package dev.ondine.control.push;

import dev.ondine.control.registry.ServiceKey;
import dev.ondine.control.registry.World;
import dev.ondine.control.registry.WorldListener;
import dev.ondine.control.translate.Resolution;
import dev.ondine.xds.server.AdsServer;
import java.util.HashSet;
import java.util.Set;

/** Hands each change of the world to the streams that it concerns, without waiting for them. */
public final class ChangePublisher implements WorldListener {
  private final AdsServer ads;

  /** Tells this server. */
  public ChangePublisher(AdsServer ads) {
    this.ads = ads;
  }

  @Override
  public void changed(World world, Set<String> changed) {
    var keys = new HashSet<>(changed);
    for (var key : changed) {
      // Whoever asked for a virtual IP before it was given out depends on the address alone.
      ServiceKey.ofDependency(key)
          .flatMap(world::service)
          .flatMap(view -> view.service().virtualIp())
          .ifPresent(ip -> keys.add(Resolution.virtualIpDependency(ip)));
    }
    ads.changed(keys);
  }
}
