package dev.ondine.proxy.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import org.junit.jupiter.api.Test;

class CumulationTest {
  private static final ByteBufAllocator PLENTY = UnpooledByteBufAllocator.DEFAULT;

  /** Has no memory left. */
  private static final ByteBufAllocator NOTHING =
      new AbstractByteBufAllocator(true) {
        @Override
        public boolean isDirectBufferPooled() {
          return false;
        }

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
          throw new OutOfMemoryError("none left");
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
          throw new OutOfMemoryError("none left");
        }
      };

  private static ByteBuf piece(String text, int capacity) {
    var piece = PLENTY.directBuffer(capacity);
    piece.writeCharSequence(text, US_ASCII);
    return piece;
  }

  @Test
  void newBufferTakesBothPieces() {
    var first = piece("ab", 2);
    var second = piece("cd", 2);

    var joined = Cumulation.join(PLENTY, first, second);

    assertThat(joined.toString(US_ASCII)).isEqualTo("abcd");
    assertThat(first.refCnt()).isZero();
    assertThat(second.refCnt()).isZero();
    joined.release();
  }

  @Test
  void firstPieceWithRoomTakesTheSecond() {
    var first = piece("ab", 4);
    var second = piece("cd", 2);

    assertThat(Cumulation.join(NOTHING, first, second)).isSameAs(first);

    assertThat(first.toString(US_ASCII)).isEqualTo("abcd");
    assertThat(second.refCnt()).isZero();
    first.release();
  }

  @Test
  void nothingIsLostToWantOfMemory() {
    var first = piece("ab", 2);
    var second = piece("cd", 2);

    assertThatThrownBy(() -> Cumulation.join(NOTHING, first, second))
        .isInstanceOf(OutOfMemoryError.class);

    assertThat(first.refCnt()).isZero();
    assertThat(second.refCnt()).isZero();
  }
}
