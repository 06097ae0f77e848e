package dev.ondine.proxy.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/** Puts what came in pieces into one buffer. */
public final class Cumulation {
  private Cumulation() {}

  /**
   * One buffer with the bytes of both, which it takes over; twice as large as needed where it is
   * new, so that many small pieces are not copied each time. Where there is no memory for it, both
   * are released.
   */
  public static ByteBuf join(ByteBufAllocator allocator, ByteBuf first, ByteBuf second) {
    var joined = first;
    try {
      if (!first.isWritable(second.readableBytes())) {
        joined = allocator.buffer(2 * (first.readableBytes() + second.readableBytes()));
        joined.writeBytes(first);
        first.release();
      }
      return joined.writeBytes(second);
    } catch (OutOfMemoryError e) {
      first.release();
      throw e;
    } finally {
      second.release();
    }
  }
}
