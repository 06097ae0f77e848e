package dev.ondine.proxy.http.http1;

import io.netty.buffer.ByteBuf;

/**
 * Reads the framing of a chunked body (RFC 9112, section 7.1), byte by byte and without leniency.
 *
 * <p>Extensions are checked, bounded and dropped.
 */
final class ChunkDecoder {
  private static final int MAX_SIZE_DIGITS = 15;
  private static final int MAX_EXTENSIONS = 16 << 10; // bytes in one message

  private enum State {
    SIZE,
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    DONE
  }

  private State state = State.SIZE;
  private long size;
  private int digits;
  private int extensions;

  /** Starts over, for the next body. */
  void reset() {
    state = State.SIZE;
    size = 0;
    digits = 0;
    extensions = 0;
  }

  /** True behind the last chunk's line: what follows are the trailers. */
  boolean isDone() {
    return state == State.DONE;
  }

  /**
   * Reads framing up to the next data.
   *
   * @return how many readable bytes are data now, to be read by the caller and reported by {@link
   *     #took}; 0: more input is needed, or it is done
   */
  int data(ByteBuf in) throws MalformedException {
    while (in.isReadable() && state != State.DONE) {
      if (state == State.DATA) {
        return (int) Math.min(size, in.readableBytes());
      }
      framing(in.readByte());
    }
    return 0;
  }

  /** So many bytes of data were read. */
  void took(int bytes) {
    size -= bytes;
    if (size == 0) {
      state = State.DATA_CR;
    }
  }

  private void framing(byte b) throws MalformedException {
    switch (state) {
      case SIZE -> size(b);
      case EXTENSION -> extension(b);
      case SIZE_LF -> {
        expect(b, Syntax.LF);
        state = size == 0 ? State.DONE : State.DATA;
      }
      case DATA_CR -> {
        expect(b, Syntax.CR);
        state = State.DATA_LF;
      }
      case DATA_LF -> {
        expect(b, Syntax.LF);
        size = 0;
        digits = 0;
        state = State.SIZE;
      }
      case DATA, DONE -> throw new IllegalStateException("no framing in " + state);
    }
  }

  private void size(byte b) throws MalformedException {
    if (Syntax.isHex(b) && digits < MAX_SIZE_DIGITS) {
      size = (size << 4) + Syntax.hex(b);
      digits++;
    } else if (digits > 0 && b == Syntax.CR) {
      state = State.SIZE_LF;
    } else if (digits > 0 && b == ';') {
      state = State.EXTENSION;
    } else {
      throw new MalformedException("a chunk size is not a hexadecimal number");
    }
  }

  private void extension(byte b) throws MalformedException {
    extensions++;
    if (b == Syntax.CR) {
      state = State.SIZE_LF;
    } else if (!Syntax.isField(b) || extensions > MAX_EXTENSIONS) {
      throw new MalformedException("chunk extensions that are malformed or too large");
    }
  }

  private static void expect(byte b, byte expected) throws MalformedException {
    if (b != expected) {
      throw new MalformedException("a chunk does not end where its size says");
    }
  }
}
