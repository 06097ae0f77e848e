package dev.ondine.proxy.http;

/** Bytes on the Java heap; references need no counting. */
final class HeapBytes implements Bytes {
  private final byte[] bytes;

  HeapBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public int length() {
    return bytes.length;
  }

  @Override
  public byte at(int index) {
    return bytes[index];
  }

  @Override
  public byte[] toArray() {
    return bytes.clone();
  }

  @Override
  public Bytes retain() {
    return this;
  }

  @Override
  public void release() {}
}
