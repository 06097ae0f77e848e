package dev.ondine.xds.client;

import static java.util.Objects.requireNonNull;

import dev.ondine.base.time.Backoff;
import dev.ondine.base.time.Scheduler;
import dev.ondine.xds.client.AdsClient.StreamWatcher;
import dev.ondine.xds.transport.GrpcChannels;
import dev.ondine.xds.transport.ServerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a stream to one of the servers open: tries them in turn, pauses longer with each failed
 * round, and gives up a stream that says nothing. Confined to the client's scheduler.
 */
final class StreamKeeper implements GrpcDeltaStream.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(StreamKeeper.class);

  /** A stream that lasted this long was a success, even if there was nothing to say. */
  private static final Duration LASTED = Duration.ofSeconds(10);

  private static final Duration MAX_KEEPALIVE = Duration.ofMinutes(10);
  private static final int MAX_PATIENCE = 32;

  private final AdsClientSettings settings;
  private final Scheduler scheduler;
  private final GrpcChannels channels;
  private final SubscriptionTable table;
  private final ResourceStore store;
  private final AdsClientMetrics metrics;
  private final Backoff backoff;
  private final List<StreamWatcher> watchers = new ArrayList<>();
  private final Map<ServerAddress, Duration> keepalives = new HashMap<>();

  private @Nullable GrpcDeltaStream stream;
  private @Nullable DeltaSession session;
  private @Nullable SilenceWatch silence;
  private Scheduler.@Nullable Timer timer;
  private String downReason = "not connected yet";
  private long openedAt;
  private int next;
  private int failedInARow;
  // A server that leaves a question open for ever must not make us reconnect for ever.
  private int patience = 1;
  private boolean stopped;

  StreamKeeper(
      AdsClientSettings settings,
      Scheduler scheduler,
      GrpcChannels channels,
      SubscriptionTable table,
      ResourceStore store,
      RandomGenerator random,
      AdsClientMetrics metrics) {
    this.settings = settings;
    this.scheduler = scheduler;
    this.channels = channels;
    this.table = table;
    this.store = store;
    this.metrics = metrics;
    this.backoff = new Backoff(settings.firstBackoff(), settings.maxBackoff(), random);
  }

  /** Adds a watcher and tells it how things are. */
  void watch(StreamWatcher watcher) {
    watchers.add(watcher);
    if (session != null && stream != null) {
      watcher.up(stream.server().toString());
    } else {
      watcher.down(downReason);
    }
  }

  /** Says what is due, if a stream is open. */
  void flush() {
    if (session != null) {
      session.flush();
    }
  }

  void connect() {
    if (stopped || stream != null) {
      return;
    }
    var server = settings.servers().get(next);
    next = (next + 1) % settings.servers().size();
    var keepalive = keepalives.getOrDefault(server, settings.channel().keepaliveTime());
    var opening =
        new GrpcDeltaStream(
            server,
            settings.security(),
            settings.channel().withKeepaliveTime(keepalive),
            channels,
            scheduler,
            this);
    stream = opening;
    var limit = settings.channel().connectTimeout();
    timer =
        scheduler.schedule(
            limit, () -> opening.close("no connection within " + limit.toMillis() + " ms"));
    opening.open();
  }

  @Override
  public void ready(GrpcDeltaStream from) {
    session(from).flush();
  }

  /** The conversation on an open stream; whatever is told of the stream first begins it. */
  private DeltaSession session(GrpcDeltaStream from) {
    if (session == null) {
      opened(from);
    }
    return requireNonNull(session);
  }

  private void opened(GrpcDeltaStream from) {
    cancelTimer();
    LOG.info("xDS stream to {} is open", from.server());
    metrics.connect(true);
    metrics.connected(true);
    openedAt = scheduler.ticker().nanos();
    var limit = settings.silence().multipliedBy(patience);
    silence = new SilenceWatch(scheduler, limit, () -> silent(from, limit));
    session = new DeltaSession(from, settings, table, store, silence, metrics);
    watchers.forEach(watcher -> watcher.up(from.server().toString()));
  }

  private void silent(GrpcDeltaStream from, Duration limit) {
    patience = Math.min(patience * 2, MAX_PATIENCE);
    from.close("no answer within " + limit.toSeconds() + " s");
  }

  @Override
  public void message(GrpcDeltaStream from, byte[] message) {
    patience = 1;
    try {
      session(from).received(message);
    } catch (RuntimeException e) {
      LOG.error("a message of {} could not be handled", from.server(), e);
      from.close("a message could not be handled: " + e);
    }
  }

  @Override
  public void closed(GrpcDeltaStream from, String reason) {
    var ended = session;
    var lasted = Duration.ofNanos(scheduler.ticker().nanos() - openedAt);
    var worked = ended != null && (ended.heard() || lasted.compareTo(LASTED) >= 0);
    cancelTimer();
    if (silence != null) {
      silence.heard();
    }
    stream = null;
    session = null;
    silence = null;
    table.untold();
    if (ended == null) {
      metrics.connect(false);
    }
    metrics.connected(false);
    if (stopped) {
      return;
    }
    if (reason.contains("too_many_pings")) {
      // This server takes frequent pings for an attack: give it fewer.
      var keepalive = keepalives.getOrDefault(from.server(), settings.channel().keepaliveTime());
      keepalives.put(from.server(), shorter(keepalive.multipliedBy(2), MAX_KEEPALIVE));
    }
    if (worked) {
      backoff.reset();
      failedInARow = 0;
    } else {
      failedInARow++;
    }
    var before = downReason;
    downReason = from.server() + ": " + reason;
    if (ended != null || !downReason.equals(before)) {
      LOG.warn("xDS stream is down: {}", downReason);
    }
    watchers.forEach(watcher -> watcher.down(downReason));
    timer = scheduler.schedule(pause(), this::retry);
  }

  /** None while there are other servers to try; then longer and longer. */
  private Duration pause() {
    var othersLeft = failedInARow % settings.servers().size() != 0;
    return othersLeft ? Duration.ZERO : backoff.next();
  }

  private void retry() {
    timer = null;
    connect();
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  void stop() {
    stopped = true;
    downReason = "stopped";
    cancelTimer();
    if (stream != null) {
      stream.close(downReason);
    }
  }
}
