package dev.ondine.proxy.http.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

class HeaderBlockWatchTest {
  private static final int FRAME_HEAD = 9;
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int SETTINGS = 4;
  private static final int CONTINUATION = 9;

  private final HeaderBlockWatch watch = new HeaderBlockWatch();

  /** A frame whose payload of this length is cut off after {@code sent} bytes. */
  private void look(int type, int flags, int length, int sent) {
    var frame = Unpooled.buffer();
    frame.writeMedium(length).writeByte(type).writeByte(flags).writeInt(1).writeZero(sent);
    watch.look(frame);
    watch.read(sent < length ? FRAME_HEAD : FRAME_HEAD + length);
  }

  @Test
  void aCompleteBlockIsFinished() {
    look(HEADERS, 4, 10, 10);

    assertThat(watch.isUnfinished()).isFalse();
    assertThat(watch.completed()).isEqualTo(1);
  }

  @Test
  void aBlockWithoutItsEndIsNot() {
    look(HEADERS, 0, 10, 10);
    assertThat(watch.isUnfinished()).isTrue();
    look(CONTINUATION, 0, 0, 0);
    assertThat(watch.isUnfinished()).isTrue();
    look(CONTINUATION, 4, 3, 3);
    assertThat(watch.isUnfinished()).isFalse();
    assertThat(watch.completed()).isEqualTo(1);
  }

  @Test
  void aFrameThatComesInPiecesIsReadOnce() {
    look(HEADERS, 4, 10, 4); // its head is read, its payload waits
    assertThat(watch.isUnfinished()).isTrue();
    watch.look(Unpooled.buffer().writeZero(10));
    assertThat(watch.isUnfinished()).isFalse();
    assertThat(watch.completed()).isEqualTo(1);
  }

  @Test
  void aReaderThatStopsAtAnErrorIsFollowed() {
    var in = Unpooled.buffer();
    in.writeMedium(2).writeByte(HEADERS).writeByte(4).writeInt(1).writeZero(2);
    in.writeMedium(60).writeByte(HEADERS).writeByte(4).writeInt(3).writeZero(20);

    watch.look(in); // both, up to the cut
    in.skipBytes(FRAME_HEAD + 2);
    watch.read(FRAME_HEAD + 2); // and the first was refused
    in.writeZero(40).writeMedium(20).writeByte(DATA).writeByte(0).writeInt(3);
    watch.look(in);

    assertThat(watch.completed()).isEqualTo(2);
    assertThat(watch.isUnfinished()).isFalse();
  }

  @Test
  void partOfAFramesHeadIsUnfinished() {
    watch.look(Unpooled.buffer().writeZero(5));

    assertThat(watch.isUnfinished()).isTrue();
  }

  @Test
  void bodiesHaveAPaceOfTheirOwn() {
    look(DATA, 0, 16_384, 100);
    assertThat(watch.isUnfinished()).isFalse();
  }

  @Test
  void otherFramesAreNoBlocks() {
    look(SETTINGS, 0, 0, 0);

    assertThat(watch.isUnfinished()).isFalse();
    assertThat(watch.completed()).isZero();
  }
}
