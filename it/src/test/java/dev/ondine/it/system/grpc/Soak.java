package dev.ondine.it.system.grpc;

import dev.ondine.base.report.Report;
import dev.ondine.testkit.grpc.Echo;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** The four types of call at once, over and over for some time; every answer is compared. */
final class Soak {
  private static final Duration TIME = Duration.ofSeconds(20);
  private static final int CALLERS_OF_EACH = 4;
  private static final int MESSAGES = 100;
  private static final int MESSAGE_BYTES = 4_096;
  private static final long CALL_SECONDS = 10;

  private final Report report;
  private final ManagedChannel channel;
  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong wrong = new AtomicLong();
  private final BlockingQueue<String> faults = new LinkedBlockingQueue<>();

  Soak(Report report, ManagedChannel channel) {
    this.report = report;
    this.channel = channel;
  }

  /** One call; false when the answer is not the expected one. */
  private interface Call {
    boolean succeeds() throws InterruptedException;
  }

  void run() throws InterruptedException {
    var end = System.nanoTime() + TIME.toNanos();
    var threads = new ArrayList<Thread>();
    for (Call call : List.<Call>of(this::unary, this::count, this::join, this::talk)) {
      for (var i = 0; i < CALLERS_OF_EACH; i++) {
        threads.add(Thread.ofVirtual().start(() -> repeat(call, end)));
      }
    }
    for (var thread : threads) {
      thread.join();
    }
    report.atLeast("soak_calls", (double) calls.get(), threads.size());
    report.atMost("soak_wrong_or_failed", (double) wrong.get(), 0);
    var first = faults.poll();
    if (first != null) {
      report.tell("soak_first_fault", first);
    }
  }

  private void repeat(Call call, long end) {
    while (System.nanoTime() - end < 0) {
      calls.incrementAndGet();
      try {
        if (!call.succeeds()) {
          wrong.incrementAndGet();
          faults.add("another answer than expected");
        }
      } catch (StatusRuntimeException e) {
        wrong.incrementAndGet();
        faults.add(e.toString());
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static CallOptions options() {
    return CallOptions.DEFAULT.withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
  }

  private boolean unary() {
    var text = "u".repeat(MESSAGE_BYTES);
    return text.equals(ClientCalls.blockingUnaryCall(channel, Echo.UNARY, options(), text));
  }

  private boolean count() {
    var answers =
        ClientCalls.blockingServerStreamingCall(
            channel, Echo.COUNT, options(), Integer.toString(MESSAGES));
    var next = 0;
    while (answers.hasNext()) {
      if (!answers.next().equals(Integer.toString(next++))) {
        return false;
      }
    }
    return next == MESSAGES;
  }

  private boolean join() throws InterruptedException {
    var answers = new Answers();
    var requests =
        ClientCalls.asyncClientStreamingCall(channel.newCall(Echo.JOIN, options()), answers);
    for (var i = 0; i < MESSAGES; i++) {
      requests.onNext("j");
    }
    requests.onCompleted();
    return answers.next().equals("j " + "j ".repeat(MESSAGES - 2) + "j")
        && answers.next().equals(Answers.END);
  }

  private boolean talk() throws InterruptedException {
    var answers = new Answers();
    var requests =
        ClientCalls.asyncBidiStreamingCall(channel.newCall(Echo.TALK, options()), answers);
    for (var i = 0; i < MESSAGES; i++) {
      requests.onNext("t" + i);
      if (!answers.next().equals("t" + i)) {
        return false;
      }
    }
    requests.onCompleted();
    return answers.next().equals(Answers.END);
  }

  /** What a call brings, in order; its end and its failure are marked. */
  private static final class Answers implements StreamObserver<String> {
    static final String END = "(end)";

    private final BlockingQueue<String> got = new LinkedBlockingQueue<>();

    String next() throws InterruptedException {
      var next = got.poll(2 * CALL_SECONDS, TimeUnit.SECONDS);
      return next == null ? "(nothing)" : next;
    }

    @Override
    public void onNext(String value) {
      got.add(value);
    }

    @Override
    public void onError(Throwable t) {
      got.add("(" + t + ")");
    }

    @Override
    public void onCompleted() {
      got.add(END);
    }
  }
}
