package dev.ondine.it.times;

import dev.ondine.proxy.http.HttpTimes;
import java.time.Duration;

/** The default times, with one that differs. */
final class Times {
  private Times() {}

  static HttpTimes idle(Duration idle) {
    return with(idle, HttpTimes.DEFAULTS.maxAge(), HttpTimes.DEFAULTS.bodyRate());
  }

  /** Clients may be as slow as they like, for so long. */
  static HttpTimes unpaced(Duration idle) {
    return with(idle, HttpTimes.DEFAULTS.maxAge(), 0);
  }

  static HttpTimes maxAge(Duration maxAge) {
    return with(HttpTimes.DEFAULTS.idle(), maxAge, HttpTimes.DEFAULTS.bodyRate());
  }

  private static HttpTimes with(Duration idle, Duration maxAge, int rate) {
    var defaults = HttpTimes.DEFAULTS;
    return new HttpTimes(
        defaults.head(),
        idle,
        defaults.connect(),
        defaults.poolIdle(),
        rate,
        defaults.bodyGrace(),
        defaults.takeGrace(),
        maxAge);
  }
}
