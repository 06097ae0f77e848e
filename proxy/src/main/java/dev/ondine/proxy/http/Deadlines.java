package dev.ondine.proxy.http;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Reads the deadlines that callers set by header, and tells the next hop what is left of them.
 *
 * <p>{@code grpc-timeout}: up to eight digits and one of {@code HMSmun} (PROTOCOL-HTTP2.md of the
 * gRPC project).
 */
public final class Deadlines {
  /** The header by which a gRPC client says how long it waits. */
  public static final String GRPC_TIMEOUT = "grpc-timeout";

  /** No deadline. */
  public static final Duration NONE = Duration.ofNanos(Long.MAX_VALUE);

  private static final int MAX_DIGITS = 8;
  private static final long MAX_AMOUNT = 99_999_999;

  private Deadlines() {}

  /**
   * The time that a {@code grpc-timeout} gives. What is malformed sets no deadline, and neither
   * does what lies beyond 292 years.
   */
  public static Duration grpcTimeout(@Nullable String value) {
    if (value == null || !isGrpcTimeout(value)) {
      return NONE;
    }
    var last = value.length() - 1;
    var amount = Long.parseLong(value, 0, last, 10);
    var unit = nanosOf(value.charAt(last));
    return amount > Long.MAX_VALUE / unit ? NONE : Duration.ofNanos(amount * unit);
  }

  /** True if it is well-formed. */
  public static boolean isGrpcTimeout(String value) {
    var last = value.length() - 1;
    if (last < 1 || last > MAX_DIGITS || nanosOf(value.charAt(last)) == 0) {
      return false;
    }
    for (var i = 0; i < last; i++) {
      var digit = value.charAt(i);
      if (digit < '0' || digit > '9') {
        return false;
      }
    }
    return true;
  }

  /** The {@code grpc-timeout} of this time, rounded up where eight digits are too few. */
  public static String grpcTimeout(Duration time) {
    var nanos = time.toNanos();
    for (var unit : new char[] {'n', 'u', 'm', 'S', 'M'}) {
      var amount = Math.ceilDiv(nanos, nanosOf(unit));
      if (amount <= MAX_AMOUNT) {
        return Long.toString(amount) + unit;
      }
    }
    return Math.ceilDiv(nanos, nanosOf('H')) + "H"; // seven digits at most
  }

  /**
   * Sets a request's {@code grpc-timeout} to what is left: time that was spent here, be it in
   * discovery or for a try that failed, is not given to the next hop once more.
   */
  public static void forward(HttpExchange exchange) {
    var headers = exchange.request().headers();
    if (headers.contains(GRPC_TIMEOUT)) {
      var remaining = exchange.remaining();
      if (!remaining.equals(NONE)) {
        headers.set(GRPC_TIMEOUT, grpcTimeout(remaining));
      }
    }
  }

  /** 0 for what is no unit. */
  private static long nanosOf(char unit) {
    return switch (unit) {
      case 'H' -> 3_600_000_000_000L;
      case 'M' -> 60_000_000_000L;
      case 'S' -> 1_000_000_000L;
      case 'm' -> 1_000_000L;
      case 'u' -> 1_000L;
      case 'n' -> 1L;
      default -> 0L;
    };
  }
}
