package dev.ondine.proxy.overload;

import dev.ondine.base.lifecycle.Component;
import dev.ondine.base.metrics.Metrics;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at each memory now and then, on a thread of its own since that may block, and says whether
 * there is too much.
 */
public final class Overload implements Component, Shedding {
  private static final Logger LOG = LoggerFactory.getLogger(Overload.class);

  /** How far the fullest memory must fall below a mark, so that the answer does not flicker. */
  private static final double RELEASE = 0.02;

  private static final double PERCENT = 100.0;

  private enum Level {
    NORMAL,
    DRAIN,
    SHED
  }

  private final OverloadSettings settings;
  private final List<Resource> resources;
  private final Metrics.Gauge used;
  private final Metrics.Gauge levels;
  private final Map<Point, Metrics.Counter> shed = new EnumMap<>(Point.class);
  private volatile Level level = Level.NORMAL;
  private @Nullable Thread thread;

  /** Watches these. */
  public Overload(OverloadSettings settings, List<Resource> resources, Metrics metrics) {
    this.settings = settings;
    this.resources = List.copyOf(resources);
    used =
        metrics.gauge(
            "ondine_overload_used_ratio",
            "How full a memory was when it was last looked at, from 0 to 1.",
            "resource");
    levels =
        metrics.gauge(
            "ondine_overload_level",
            "0: normal; 1: drains (nothing new, nothing idle); 2: sheds (requests get 503).");
    var counter =
        metrics.counter(
            "ondine_overload_shed_total", "What was shed because of overload.", "point");
    for (var point : Point.values()) {
      shed.put(point, counter.with(point.name().toLowerCase(Locale.ROOT)));
    }
  }

  /**
   * The memories of this process, with the control group's if that is its own and has a limit.
   *
   * @param direct of the event loops' buffers
   * @param spareDirect bytes of it that are held and not used
   */
  public static List<Resource> memories(Heap heap, Resource direct, LongSupplier spareDirect) {
    var all = new ArrayList<Resource>(List.of(heap, direct));
    CgroupMemory.own(() -> Runtime.getRuntime().freeMemory() + spareDirect.getAsLong())
        .ifPresent(all::add);
    return all;
  }

  @Override
  public String name() {
    return "overload";
  }

  @Override
  public void start() {
    LOG.info("overload: watches {}", resources);
    thread = Thread.ofPlatform().name("overload").daemon().start(this::watch);
  }

  private void watch() {
    while (!Thread.currentThread().isInterrupted()) {
      look();
      LockSupport.parkNanos(settings.sample().toNanos());
    }
  }

  /** Looks once. */
  void look() {
    var most = 0.0;
    var fullest = "";
    for (var resource : resources) {
      var share = resource.used();
      used.with(resource.name()).set(share);
      if (share > most) {
        most = share;
        fullest = resource.name();
      }
    }
    var now = level(most);
    if (now != level) {
      LOG.warn(
          "overload: {} instead of {}, {} is {} % full",
          now, level, fullest, Math.round(most * PERCENT));
      level = now;
      levels.set(
          switch (now) {
            case NORMAL -> 0;
            case DRAIN -> 1;
            case SHED -> 2;
          });
    }
  }

  private Level level(double most) {
    if (most >= settings.shedPercent() / PERCENT - (level == Level.SHED ? RELEASE : 0)) {
      return Level.SHED;
    }
    return most >= settings.drainPercent() / PERCENT - (level == Level.NORMAL ? 0 : RELEASE)
        ? Level.DRAIN
        : Level.NORMAL;
  }

  @Override
  public boolean drains() {
    return level != Level.NORMAL;
  }

  @Override
  public boolean sheds() {
    return level == Level.SHED;
  }

  /** True if one more connection may come: there is memory, as far as can be seen at once. */
  public boolean admits() {
    return level == Level.NORMAL && Heap.upperBound() < settings.shedPercent() / PERCENT;
  }

  @Override
  public void shed(Point point) {
    var counter = shed.get(point);
    if (counter != null) {
      counter.increment();
    }
  }

  @Override
  public void stop() {
    if (thread != null) {
      thread.interrupt();
    }
  }
}
