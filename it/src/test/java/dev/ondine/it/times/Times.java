package dev.ondine.it.times;

import dev.ondine.proxy.http.HttpTimes;
import java.time.Duration;

/** The default times, with one that differs. */
final class Times {
  private Times() {}

  static HttpTimes idle(Duration idle) {
    return with(idle, HttpTimes.DEFAULTS.maxAge());
  }

  static HttpTimes maxAge(Duration maxAge) {
    return with(HttpTimes.DEFAULTS.idle(), maxAge);
  }

  private static HttpTimes with(Duration idle, Duration maxAge) {
    var defaults = HttpTimes.DEFAULTS;
    return new HttpTimes(
        defaults.head(),
        idle,
        defaults.connect(),
        defaults.poolIdle(),
        defaults.bodyRate(),
        defaults.bodyGrace(),
        defaults.takeGrace(),
        maxAge);
  }
}
