package dev.ondine.it.system.grpc;

import dev.ondine.base.report.Report;
import dev.ondine.testkit.grpc.Echo;
import dev.ondine.testkit.grpc.EchoServer;
import io.grpc.CallOptions;
import io.grpc.Deadline;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * How long after its client a server knows that a call is over; both are in this JVM, the sidecars
 * between them are not.
 */
final class Propagation {
  private static final int ROUNDS = 20;
  private static final double LIMIT_MILLIS = 100;
  private static final Duration DEADLINE = Duration.ofMillis(250);
  private static final long PATIENCE_SECONDS = 10;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final Metadata.Key<String> TIMEOUT =
      Metadata.Key.of("grpc-timeout", Metadata.ASCII_STRING_MARSHALLER);

  private final Report report;
  private final ManagedChannel channel;
  private final EchoServer server;

  Propagation(Report report, ManagedChannel channel, EchoServer server) {
    this.report = report;
    this.channel = channel;
    this.server = server;
  }

  /** Measures and reports the slowest of some rounds. */
  void measure() throws IOException, InterruptedException {
    ClientCalls.blockingUnaryCall(channel, Echo.UNARY, CallOptions.DEFAULT, "warm");
    take(server.calls(), "Unary");
    server.headers().clear();
    var cancelled = 0L;
    var expired = 0L;
    var told = 0L;
    for (var i = 0; i < ROUNDS; i++) {
      cancelled = Math.max(cancelled, cancel());
      server.headers().clear();
      var deadline = Deadline.after(DEADLINE.toNanos(), TimeUnit.NANOSECONDS);
      var options = CallOptions.DEFAULT.withDeadline(deadline);
      var call = ClientCalls.futureUnaryCall(channel.newCall(Echo.HANG, options), "");
      take(server.calls(), "Hang");
      var there = deadline.timeRemaining(TimeUnit.NANOSECONDS);
      told = Math.max(told, Math.abs(timeout() - there));
      take(server.cancelled(), "Hang");
      expired = Math.max(expired, Math.abs(deadline.timeRemaining(TimeUnit.NANOSECONDS)));
      call.cancel(true);
    }
    report.atMost("cancel_propagation_ms", cancelled / NANOS_PER_MILLI, LIMIT_MILLIS);
    report.atMost("deadline_propagation_ms", expired / NANOS_PER_MILLI, LIMIT_MILLIS);
    report.atMost("deadline_told_off_by_ms", told / NANOS_PER_MILLI, LIMIT_MILLIS);
    report.exactly("deadline_status", status(), Status.Code.DEADLINE_EXCEEDED.name());
  }

  private long cancel() throws IOException, InterruptedException {
    var call = ClientCalls.futureUnaryCall(channel.newCall(Echo.HANG, CallOptions.DEFAULT), "");
    take(server.calls(), "Hang");
    var start = System.nanoTime();
    call.cancel(true);
    take(server.cancelled(), "Hang");
    return System.nanoTime() - start;
  }

  /** What the server was told to have left, in nanoseconds. */
  private long timeout() throws IOException, InterruptedException {
    var metadata = server.headers().poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    var text = metadata == null ? null : metadata.get(TIMEOUT);
    if (text == null) {
      throw new IOException("the server was told no grpc-timeout");
    }
    var last = text.length() - 1;
    var amount = Long.parseLong(text, 0, last, 10);
    return switch (text.charAt(last)) {
      case 'n' -> amount;
      case 'u' -> TimeUnit.MICROSECONDS.toNanos(amount);
      case 'm' -> TimeUnit.MILLISECONDS.toNanos(amount);
      case 'S' -> TimeUnit.SECONDS.toNanos(amount);
      default -> throw new IOException("unexpected grpc-timeout: " + text);
    };
  }

  private String status() throws InterruptedException, IOException {
    try {
      var options =
          CallOptions.DEFAULT.withDeadlineAfter(DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
      ClientCalls.blockingUnaryCall(channel, Echo.HANG, options, "");
      return Status.Code.OK.name();
    } catch (StatusRuntimeException e) {
      take(server.cancelled(), "Hang");
      return e.getStatus().getCode().name();
    }
  }

  private static void take(BlockingQueue<String> queue, String expected)
      throws IOException, InterruptedException {
    var got = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (!expected.equals(got)) {
      throw new IOException("the server saw " + got + " instead of " + expected);
    }
  }
}
