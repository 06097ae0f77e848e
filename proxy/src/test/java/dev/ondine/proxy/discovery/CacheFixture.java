package dev.ondine.proxy.discovery;

import dev.ondine.base.metrics.PrometheusMetrics;
import dev.ondine.model.DemandKey;
import dev.ondine.model.ServiceState;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

/** A cache before a fake control plane, at a time that stands still. */
public final class CacheFixture {
  public final FakeControl control = new FakeControl();
  public final PrometheusMetrics metrics = new PrometheusMetrics();
  public final ServiceCache cache;

  public CacheFixture(Map<String, String> settings) {
    cache =
        new ServiceCache(
            control, "default", DiscoverySettings.parse(settings), new Random(1), metrics);
    cache.start();
    control.clock.run();
  }

  public Caller call(String authority) {
    return call(Shop.key(authority));
  }

  public Caller call(DemandKey key) {
    return Caller.of(control, cache, key);
  }

  public Caller callWithin(Duration remaining, String authority) {
    return Caller.within(remaining, control, cache, Shop.key(authority));
  }

  public ServiceState state(String authority) {
    return cache.get(Shop.key(authority));
  }

  public String word(String authority) {
    return DiscoveryMetrics.word(state(authority));
  }

  public Services.Use use(String authority) {
    var use = cache.use(Shop.key(authority));
    control.clock.run();
    return use;
  }

  public void passes(Duration time) {
    control.clock.advance(time);
  }

  public NameReport report(String authority) {
    var found = new AtomicReference<NameReport>();
    var wire = Shop.key(authority).wire();
    cache.report(
        reports ->
            reports.stream().filter(r -> r.key().equals(wire)).findFirst().ifPresent(found::set));
    control.clock.run();
    return found.get();
  }

  /** The figure's value, from what an operator would scrape. */
  public double figure(String series) {
    return Arrays.stream(metrics.scrape().split("\n"))
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElse(0);
  }
}
