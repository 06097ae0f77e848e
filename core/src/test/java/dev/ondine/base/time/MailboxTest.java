package dev.ondine.base.time;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MailboxTest {
  private final Mailbox mailbox = Mailbox.start("test", 4, Ticker.system());
  private final LinkedBlockingQueue<String> ran = new LinkedBlockingQueue<>();

  @AfterEach
  void close() {
    mailbox.close();
  }

  @Test
  void runsTasksInOrderOnOneThreadOfItsOwn() {
    var threads = new ArrayList<Thread>();
    assertThat(mailbox.inThread()).isFalse();
    for (var name : List.of("a", "b", "c")) {
      mailbox.execute(
          () -> {
            assertThat(mailbox.inThread()).isTrue();
            threads.add(Thread.currentThread());
            ran.add(name);
          });
    }

    mailbox.close();

    assertThat(ran).containsExactly("a", "b", "c");
    assertThat(threads).hasSize(3).containsOnly(threads.getFirst());
  }

  @Test
  void refusesWhatDoesNotFitAndGoesOnAfterwards() throws Exception {
    var running = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    mailbox.execute(
        () -> {
          running.countDown();
          await(release);
        });
    running.await();
    for (var i = 0; i < 4; i++) {
      mailbox.execute(() -> ran.add("queued"));
    }

    assertThatThrownBy(() -> mailbox.execute(() -> ran.add("too much")))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessage("mailbox test is full: 4 tasks wait already");

    release.countDown();
    mailbox.close();
    assertThat(ran).containsExactly("queued", "queued", "queued", "queued");
  }

  @Test
  void boundsTimersToo() {
    var timers = new ArrayList<Scheduler.Timer>();
    for (var i = 0; i < 4; i++) {
      timers.add(mailbox.schedule(Duration.ofHours(1), () -> ran.add("late")));
    }
    assertThatThrownBy(() -> mailbox.schedule(Duration.ZERO, () -> ran.add("too much")))
        .hasMessage("mailbox test is full: 4 timers wait already");

    timers.getFirst().cancel();
    mailbox.schedule(Duration.ofHours(1), () -> ran.add("late"));
  }

  @Test
  void runsTimersByDeadlineAndNotWhenCancelled() throws Exception {
    var done = new CountDownLatch(1);
    mailbox.execute(
        () -> {
          mailbox.schedule(Duration.ofMillis(20), done::countDown);
          mailbox.schedule(Duration.ofMillis(10), () -> ran.add("second"));
          mailbox.schedule(Duration.ofMillis(5), () -> ran.add("first"));
          mailbox.schedule(Duration.ofMillis(1), () -> ran.add("cancelled")).cancel();
        });

    done.await();

    assertThat(ran).containsExactly("first", "second");
  }

  @Test
  void aFailingTaskDoesNotStopTheNext() throws Exception {
    mailbox.execute(
        () -> {
          throw new IllegalStateException("expected by this test");
        });
    mailbox.execute(() -> ran.add("next"));

    assertThat(ran.poll(10, SECONDS)).isEqualTo("next");
  }

  @Test
  void closedItRefusesAndForgetsTimers() {
    mailbox.schedule(Duration.ofHours(1), () -> ran.add("late"));

    mailbox.close();

    assertThatThrownBy(() -> mailbox.execute(() -> ran.add("late")))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessage("mailbox test is closed");
    assertThat(ran).isEmpty();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
