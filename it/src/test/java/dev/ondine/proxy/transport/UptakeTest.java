package dev.ondine.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What counts as taking, looked at once a second. */
class UptakeTest {
  private static final int GRACE = 30;
  private static final int RATE = 1_000;
  private static final int WAITING = 100_000;

  private final EmbeddedConnection peer = new EmbeddedConnection();
  private long sinceSent = Long.MAX_VALUE;
  private final Uptake uptake = new Uptake(peer.connection(), () -> sinceSent);

  @AfterEach
  void end() {
    peer.end();
  }

  private void write(int bytes) {
    peer.room(0);
    var _ = peer.connection().channel().writeAndFlush(Unpooled.wrappedBuffer(new byte[bytes]));
    peer.run();
  }

  /** After how many seconds it is too slow; 0: not within so many. */
  private int tooSlowAfter(int rate, int seconds, Runnable each) {
    for (var second = 0; second <= seconds; second++) {
      if (uptake.isTooSlow(rate, Duration.ofSeconds(GRACE))) {
        return second;
      }
      peer.pass(1);
      each.run();
    }
    return 0;
  }

  @Test
  void whoTakesNothingHasTheGraceHoweverMuchWaits() {
    write(WAITING);

    assertThat(tooSlowAfter(RATE, 200, () -> {})).isEqualTo(GRACE + 1);
  }

  @Test
  void whoTakesAByteNowAndThenHasTheTimeOfWhatWaits() {
    write(WAITING);

    // Netty adds some bytes of its own for each buffer.
    assertThat(tooSlowAfter(RATE, 200, () -> peer.room(1))).isEqualTo(WAITING / RATE + GRACE + 1);
  }

  @Test
  void withoutALeastRateAnyProgressWillDo() {
    write(WAITING);

    assertThat(tooSlowAfter(0, 1_000, () -> peer.room(1))).isZero();
    assertThat(tooSlowAfter(0, 1_000, () -> {})).isEqualTo(GRACE + 1);
  }

  @Test
  void whatTheKernelSendsIsTakenThoughItTakesNothingMore() {
    write(WAITING);
    sinceSent = 500;
    assertThat(tooSlowAfter(RATE, 90, () -> {})).isZero();

    sinceSent = 20_000;

    assertThat(tooSlowAfter(RATE, 200, () -> {})).isEqualTo(GRACE);
  }

  @Test
  void whatTheKernelSendsDoesNotExcuseWhoIsBehind() {
    write(WAITING);
    sinceSent = 500;

    assertThat(tooSlowAfter(RATE, 200, () -> {})).isEqualTo(WAITING / RATE + GRACE + 1);
  }
}
