package dev.ondine.proxy.tcp;

import dev.ondine.model.Bundle;
import dev.ondine.model.DemandKey;
import dev.ondine.model.Endpoint;
import dev.ondine.proxy.balance.Balancers;
import dev.ondine.proxy.balance.EndpointLoad;
import dev.ondine.proxy.discovery.Services;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of a service's cluster as balancing chooses them, each at most once; a connection
 * counts as load of its endpoint while it lasts. Confined to its session's loop.
 */
final class Balanced implements Candidates {
  private final Services services;
  private final DemandKey key;
  private final Balancers balancers;
  private final Bundle.Target target;
  private final int attempts;
  private final List<Endpoint> tried = new ArrayList<>(1);
  private @Nullable EndpointLoad busy;

  Balanced(
      Services services, DemandKey key, Balancers balancers, Bundle.Target target, int attempts) {
    this.services = services;
    this.key = key;
    this.balancers = balancers;
    this.target = target;
    this.attempts = attempts;
  }

  @Override
  public @Nullable Endpoint next() {
    var load = tried.size() < attempts ? balancers.chooseAfter(tried, target) : null;
    if (load == null || tried.contains(load.endpoint())) {
      return null; // to ask the same one again at once would not help
    }
    tried.add(load.endpoint());
    load.begin();
    busy = load;
    return load.endpoint();
  }

  @Override
  public void failed() {
    ended();
    services.connectFailed(key); // what discovery told us may be out of date
  }

  @Override
  public void ended() {
    if (busy != null) {
      busy.end();
      busy = null;
    }
  }
}
