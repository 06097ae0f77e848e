package dev.ondine.proxy.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads the deadlines that callers set by header. */
public final class Deadlines {
  /** No deadline. */
  public static final Duration NONE = Duration.ofNanos(Long.MAX_VALUE);

  private static final int MAX_DIGITS = 8;

  private Deadlines() {}

  /**
   * The time that a {@code grpc-timeout} gives: up to eight digits and one of {@code HMSmun}
   * (PROTOCOL-HTTP2.md of the gRPC project); what is malformed sets no deadline.
   */
  public static Duration grpcTimeout(@Nullable String value) {
    if (value == null || value.length() < 2 || value.length() > MAX_DIGITS + 1) {
      return NONE;
    }
    var amount = 0L;
    var last = value.length() - 1;
    for (var i = 0; i < last; i++) {
      var digit = value.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return NONE;
      }
      amount = amount * 10 + digit;
    }
    return switch (value.charAt(last)) {
      case 'H' -> Duration.ofHours(amount);
      case 'M' -> Duration.ofMinutes(amount);
      case 'S' -> Duration.ofSeconds(amount);
      case 'm' -> Duration.ofMillis(amount);
      case 'u' -> Duration.ofNanos(amount * 1_000);
      case 'n' -> Duration.ofNanos(amount);
      default -> NONE;
    };
  }
}
