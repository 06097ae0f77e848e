package dev.ondine.xds.client;

import dev.ondine.base.time.Scheduler;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a question was asked and nothing at all was heard since: the connection may well be
 * alive while whoever should answer is not. Confined to the client's scheduler.
 */
final class SilenceWatch {
  private final Scheduler scheduler;
  private final Duration limit;
  private final Runnable onSilence;
  private Scheduler.@Nullable Timer timer;

  SilenceWatch(Scheduler scheduler, Duration limit, Runnable onSilence) {
    this.scheduler = scheduler;
    this.limit = limit;
    this.onSilence = onSilence;
  }

  /** Something was asked that must be answered. */
  void asked() {
    if (timer == null) {
      timer = scheduler.schedule(limit, onSilence);
    }
  }

  /** Something came, or nothing is expected any more. */
  void heard() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }
}
