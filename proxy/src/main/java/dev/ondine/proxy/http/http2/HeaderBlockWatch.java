package dev.ondine.proxy.http.http2;

import io.netty.buffer.ByteBuf;

/**
 * Knows whether what came so far ends in the middle of a header block (RFC 9113, section 4.3), of
 * which Netty says nothing until it is complete. Confined to its connection's loop.
 */
final class HeaderBlockWatch {
  private static final int FRAME_HEAD = 9;
  private static final int TYPE = 3;
  private static final int FLAGS = 4;
  private static final int HEADERS = 1;
  private static final int CONTINUATION = 9;
  private static final int END_HEADERS = 4;

  private int payload = -1; // of the frame whose head was read; -1: a frame's head is next
  private boolean block; // the last frame whose head was read belongs to a header block
  private boolean open; // and that frame is not the block's last
  private boolean cut; // bytes wait for the rest of a frame
  private int completed;
  private int ahead; // bytes that were looked at and that the frame reader has not read yet

  /** Looks at what the frame reader is about to read. */
  void look(ByteBuf in) {
    var from = in.readerIndex();
    var at = look(in, from + ahead, in.writerIndex());
    ahead = at - from;
  }

  /** The frame reader has read so much; it may leave what it could read, such as after an error. */
  void read(int bytes) {
    ahead = Math.max(0, ahead - bytes);
  }

  /** Looks from here to the end; where it goes on when there is more. */
  private int look(ByteBuf in, int from, int end) {
    var at = from;
    while (true) {
      if (payload < 0) {
        if (end - at < FRAME_HEAD) {
          cut = at < end;
          return at;
        }
        payload = in.getUnsignedMedium(at);
        var type = in.getByte(at + TYPE);
        block = type == HEADERS || type == CONTINUATION;
        open = block && (in.getByte(at + FLAGS) & END_HEADERS) == 0;
        at += FRAME_HEAD;
      }
      if (end - at < payload) {
        cut = true;
        return at;
      }
      at += payload;
      payload = -1;
      if (block && !open) {
        completed++;
      }
    }
  }

  /** True if a header block, or the head of a frame, has begun and is not complete. */
  boolean isUnfinished() {
    return open || (cut && (payload < 0 || block));
  }

  /** How many header blocks were complete. */
  int completed() {
    return completed;
  }
}
