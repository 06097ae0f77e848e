package dev.ondine.proxy.resilience;

import dev.ondine.base.time.Scheduler;
import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Bytes;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Headers;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Answers whose head is here and whose body has not begun: until the client has seen anything, the
 * request may still be tried elsewhere.
 *
 * <p>Many servers send a head and its body in two packets, and the second waits for the first one's
 * acknowledgement, up to 40 ms later (RFC 1122, section 4.2.3.2, with Nagle's algorithm). A server
 * that dies in between would cost its client an answer. Confined to a loop.
 */
final class UncommittedAnswers {
  /** Longer than acknowledgements are delayed; a stream that begins slowly is held no longer. */
  private static final Duration HOLD = Duration.ofMillis(50);

  private final ArrayDeque<Answer> held = new ArrayDeque<>();
  private boolean timing;

  /** Told how it went on: one of both, once. */
  interface Outcome {
    /** The answer goes to the client, with this body. */
    void commit(BodyStream body);

    /** It broke off before it began. */
    void takeBack(Failure failure);
  }

  /** Holds an answer back until its body begins, ends, breaks off or makes us wait. */
  void hold(BodyStream body, Scheduler loop, Outcome outcome) {
    assert loop.inThread();
    var answer = new Answer(body, loop.ticker().nanos() + HOLD.toNanos(), outcome);
    held.add(answer);
    if (!timing) {
      // One timer for all: a timer for each answer would cost more than the answer is worth.
      loop.schedule(HOLD, () -> commitOverdue(loop));
      timing = true;
    }
    answer.open();
  }

  private void commitOverdue(Scheduler loop) {
    var now = loop.ticker().nanos();
    try {
      for (var one = held.peek(); one != null && one.until - now <= 0; one = held.peek()) {
        one.commit();
      }
    } finally {
      // Also where one of them fails: the others must not be held for ever.
      var first = held.peek();
      timing = first != null;
      if (first != null) {
        var left = Duration.ofNanos(Math.max(0, first.until - now));
        loop.schedule(left, () -> commitOverdue(loop));
      }
    }
  }

  /** The body on its way through: keeps what comes before its receiver wants it. */
  private final class Answer implements BodyStream, BodyStream.Receiver {
    private final BodyStream source;
    private final long until;
    private final Outcome outcome;
    private boolean decided;
    private @Nullable Receiver receiver;
    private long wanted;
    private long owed; // wanted, and not asked for yet
    private boolean handingOver;
    private @Nullable Bytes piece; // at most one: a byte more was asked for than is wanted
    private @Nullable Headers trailers;
    private @Nullable Failure failure;

    Answer(BodyStream source, long until, Outcome outcome) {
      this.source = source;
      this.until = until;
      this.outcome = outcome;
    }

    void open() {
      source.subscribe(this);
      if (!decided) {
        source.request(1);
      }
    }

    void commit() {
      if (decide()) {
        outcome.commit(this);
      }
    }

    private boolean decide() {
      if (decided) {
        return false;
      }
      decided = true;
      held.removeLastOccurrence(this); // nearly always the last: bodies come with their heads
      return true;
    }

    // ---- from the endpoint

    @Override
    public void data(Bytes bytes) {
      var to = receiver;
      if (to != null && wanted > 0) {
        wanted -= bytes.length();
        to.data(bytes);
      } else {
        piece = bytes;
        commit();
      }
    }

    @Override
    public void end(Headers trailers) {
      this.trailers = trailers;
      commit();
      tellEnd();
    }

    @Override
    public void failed(Failure failure) {
      this.failure = failure;
      if (decide()) {
        outcome.takeBack(failure);
      } else {
        tellEnd();
      }
    }

    // ---- to the client

    @Override
    public long length() {
      return source.length();
    }

    @Override
    public void subscribe(Receiver receiver) {
      this.receiver = receiver;
      tellEnd();
    }

    @Override
    public void request(long bytes) {
      wanted += bytes;
      owed += bytes;
      if (handingOver) {
        return; // goes on below; nothing may come from within data()
      }
      var to = receiver;
      var first = piece;
      if (to != null && first != null && wanted > 0) {
        piece = null;
        handingOver = true;
        wanted -= first.length();
        to.data(first);
        handingOver = false;
        tellEnd();
      }
      var more = owed;
      owed = 0;
      if (receiver != null && trailers == null && failure == null) {
        source.request(more);
      }
    }

    /** The end, in its turn. */
    private void tellEnd() {
      var to = receiver;
      if (to == null || piece != null || handingOver) {
        return;
      }
      if (failure != null) {
        receiver = null;
        to.failed(failure);
      } else if (trailers != null) {
        receiver = null;
        to.end(trailers);
      }
    }

    @Override
    public void cancel() {
      receiver = null;
      if (piece != null) {
        piece.release();
        piece = null;
      }
      source.cancel();
    }
  }
}
