package dev.ondine.testkit.leak;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

class LeakGateTest {
  @Test
  void lostBufferIsFound() {
    ByteBufAllocator.DEFAULT.buffer(16).writeInt(1);

    assertThat(LeakGate.leaks()).singleElement().asString().contains("LEAK: ByteBuf");
  }

  @Test
  void releasedBufferIsNoLeak() {
    ByteBufAllocator.DEFAULT.buffer(16).writeInt(1).release();

    assertThat(LeakGate.leaks()).isEmpty();
  }
}
