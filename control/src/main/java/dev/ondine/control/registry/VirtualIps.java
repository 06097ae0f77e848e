package dev.ondine.control.registry;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Chooses virtual IPs, from 240.240.0.0/16. One that was given out stays its service's, also when
 * the service is gone: callers may have it cached. It is taken away only when all are given out.
 */
final class VirtualIps {
  private static final String PREFIX = "240.240.";

  /**
   * A choice.
   *
   * @param from whose it was until now
   */
  record Free(String ip, Optional<ServiceKey> from) {}

  /** All are given out to services that exist. */
  static final class ExhaustedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ExhaustedException(int all) {
      super("all " + all + " virtual IPs are given out: delete services that are not needed");
    }
  }

  private VirtualIps() {}

  /** One above all that were ever given out; also beyond the last there is. */
  static int next(Map<ServiceKey, Kept<String>> given) {
    return 1 + given.values().stream().mapToInt(kept -> number(kept.value())).max().orElse(0);
  }

  /**
   * A virtual IP that may be given out where {@link #next} is beyond the last.
   *
   * @param all how many there are
   * @param unused whether this holder does not exist any more
   */
  static Free free(Map<ServiceKey, Kept<String>> given, int all, Predicate<ServiceKey> unused) {
    var holders = new HashMap<Integer, ServiceKey>();
    given.forEach((service, kept) -> holders.put(number(kept.value()), service));
    for (var number = 1; number <= all; number++) {
      var holder = holders.get(number);
      if (holder == null) {
        return new Free(text(number), Optional.empty());
      }
      if (unused.test(holder)) {
        return new Free(text(number), Optional.of(holder));
      }
    }
    throw new ExhaustedException(all);
  }

  /** The virtual IP of this number, counted from 1. */
  static String text(int number) {
    return PREFIX + (number / 256) + "." + (number % 256);
  }

  private static int number(String ip) {
    var dot = ip.lastIndexOf('.');
    return Integer.parseInt(ip.substring(PREFIX.length(), dot)) * 256
        + Integer.parseInt(ip.substring(dot + 1));
  }
}
