package dev.ondine.proxy.transport;

import static java.util.Objects.requireNonNull;

import dev.ondine.proxy.http.Bytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;

/** Bytes in a Netty buffer, as they came from a connection. */
public record NettyBytes(ByteBuf buffer) implements Bytes {
  public NettyBytes {
    requireNonNull(buffer, "buffer");
  }

  /** The bytes as a buffer, for writing them to a connection; takes over the reference. */
  public static ByteBuf bufferOf(Bytes bytes) {
    return bytes instanceof NettyBytes(var buffer) ? buffer : copyOf(bytes);
  }

  private static ByteBuf copyOf(Bytes bytes) {
    var copy = Unpooled.wrappedBuffer(bytes.toArray());
    bytes.release();
    return copy;
  }

  @Override
  public int length() {
    return buffer.readableBytes();
  }

  @Override
  public byte at(int index) {
    return buffer.getByte(buffer.readerIndex() + index);
  }

  @Override
  public byte[] toArray() {
    return ByteBufUtil.getBytes(buffer);
  }

  @Override
  public Bytes retain() {
    return new NettyBytes(buffer.retainedDuplicate()); // each owner reads at its own pace
  }

  @Override
  public void release() {
    buffer.release();
  }
}
