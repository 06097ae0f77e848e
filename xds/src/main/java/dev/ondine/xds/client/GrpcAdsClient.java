package dev.ondine.xds.client;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.base.time.Scheduler;
import dev.ondine.xds.codec.ResourceType;
import dev.ondine.xds.transport.GrpcChannels;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.random.RandomGenerator;

/** The {@link AdsClient} over gRPC. */
public final class GrpcAdsClient implements AdsClient {
  private static final Duration TRY_AGAIN = Duration.ofMillis(50);

  private final Scheduler scheduler;
  private final GrpcChannels channels;
  private final AdsClientMetrics metrics;
  private final SubscriptionTable table = new SubscriptionTable();
  private final ResourceStore store = new ResourceStore();
  private final StreamKeeper keeper;
  private int flushesOpen;
  private boolean flushDue;

  /**
   * A client that connects when it is started.
   *
   * @param scheduler owns all state; its owner closes it after the client was stopped
   * @param channels its owner closes them after the client was stopped
   */
  public GrpcAdsClient(
      AdsClientSettings settings,
      Scheduler scheduler,
      GrpcChannels channels,
      RandomGenerator random,
      Metrics metrics) {
    this.scheduler = scheduler;
    this.channels = channels;
    this.metrics = new AdsClientMetrics(metrics);
    this.keeper =
        new StreamKeeper(settings, scheduler, channels, table, store, random, this.metrics);
  }

  @Override
  public String name() {
    return "xds client";
  }

  @Override
  public void start() {
    scheduler.execute(keeper::connect);
  }

  @Override
  public void stop() {
    if (scheduler.inThread()) {
      keeper.stop();
      return;
    }
    try {
      scheduler.execute(keeper::stop);
    } catch (RejectedExecutionException e) {
      channels.later(TRY_AGAIN, this::stop); // too busy; or it has ended, as the channels have then
    }
  }

  @Override
  public Scheduler scheduler() {
    return scheduler;
  }

  @Override
  public Subscription subscribe(ResourceType type, String name, ResourceWatcher watcher) {
    assert scheduler.inThread();
    table.add(type, name);
    changed(type);
    var subscription = new Wish(type, name, watcher);
    store.watch(type, name, watcher);
    return subscription;
  }

  @Override
  public void inOneFlush(Runnable changes) {
    assert scheduler.inThread();
    flushesOpen++;
    try {
      changes.run();
    } finally {
      flushesOpen--;
    }
    if (flushesOpen == 0) {
      keeper.flush();
    }
  }

  @Override
  public void onStream(StreamWatcher watcher) {
    assert scheduler.inThread();
    keeper.watch(watcher);
  }

  private void changed(ResourceType type) {
    metrics.subscriptions(type, table.size(type));
    if (flushesOpen == 0 && !flushDue) {
      flushDue = true;
      try {
        scheduler.execute(this::flush);
      } catch (RejectedExecutionException e) {
        flush(); // too busy to wait for the task's end
      }
    }
  }

  private void flush() {
    flushDue = false;
    keeper.flush();
  }

  private final class Wish implements Subscription {
    private final ResourceType type;
    private final String name;
    private final ResourceWatcher watcher;
    private boolean closed;

    Wish(ResourceType type, String name, ResourceWatcher watcher) {
      this.type = type;
      this.name = name;
      this.watcher = watcher;
    }

    @Override
    public void resync() {
      assert scheduler.inThread();
      if (!closed) {
        store.doubt(type, name);
        table.again(type, name);
        changed(type);
      }
    }

    @Override
    public void close() {
      assert scheduler.inThread();
      if (!closed) {
        closed = true;
        store.unwatch(type, name, watcher);
        table.remove(type, name);
        changed(type);
      }
    }
  }
}
