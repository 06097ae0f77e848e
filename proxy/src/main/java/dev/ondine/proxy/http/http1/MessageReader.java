package dev.ondine.proxy.http.http1;

import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.transport.Cumulation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the bytes that a connection receives into messages: head, body, trailers, one after the
 * other. Confined to its loop.
 *
 * <p>Bytes that nobody may read yet (the next request while one is served) wait in their buffer;
 * the connection stops reading meanwhile, which bounds them.
 */
final class MessageReader {
  private static final int SLACK = 192; // for the headers that we add

  /** Takes what was read. */
  interface Target {
    /** True if the next head may be read now. */
    boolean mayBegin();

    /** A head is here; the array belongs to the target, the answer says what follows. */
    Framing head(byte[] head, int length) throws MalformedException;

    /** The next piece of the body; belongs to the target. */
    void data(ByteBuf bytes);

    /** The message is complete. */
    void end(Headers trailers);

    /** What came is no HTTP; nothing more is read. */
    void malformed(MalformedException why);
  }

  /** How a message's body is delimited (RFC 9112, section 6.3). */
  sealed interface Framing {
    Framing NONE = new Fixed(0);
    Framing CHUNKED = new Chunked();
    Framing UNTIL_CLOSE = new UntilClose();

    /** So many bytes. */
    record Fixed(long length) implements Framing {}

    /** Chunks, then trailers. */
    record Chunked() implements Framing {}

    /** All that comes. */
    record UntilClose() implements Framing {}
  }

  private enum State {
    HEAD,
    FIXED,
    CHUNKED,
    TRAILERS,
    UNTIL_CLOSE,
    STOPPED
  }

  private final Target target;
  private final HeadFinder finder;
  private final ChunkDecoder chunks = new ChunkDecoder();
  private final ByteBufAllocator allocator;
  private State state = State.HEAD;
  private long remaining;
  private @Nullable ByteBuf pending;
  private boolean reading;

  MessageReader(Target target, HeadLimits limits, ByteBufAllocator allocator) {
    this.target = target;
    this.finder = new HeadFinder(limits);
    this.allocator = allocator;
  }

  /** True if no message has begun and no byte waits. */
  boolean isIdle() {
    return state == State.HEAD && pending == null;
  }

  /** True if bytes wait that are not read into a message yet. */
  boolean hasPending() {
    return pending != null;
  }

  /** True if the end of the connection is the end of the body. */
  boolean endsWithConnection() {
    return state == State.UNTIL_CLOSE;
  }

  /** What comes from now on is one body without a head, up to the end of the connection. */
  void raw() {
    state = State.UNTIL_CLOSE;
  }

  /** Reads what came; owns it. */
  void read(ByteBuf in) {
    var before = pending;
    pending = null; // if there is no memory to join them, both are gone
    go(before == null ? in : Cumulation.join(allocator, before, in));
  }

  /** Goes on with what waits, because the target may begin now. */
  void resume() {
    if (!reading && pending != null) {
      var bytes = pending;
      pending = null;
      go(bytes);
    }
  }

  /** Reads nothing more. */
  void stop() {
    state = State.STOPPED;
    if (pending != null) {
      pending.release();
      pending = null;
    }
  }

  private void go(ByteBuf in) {
    reading = true;
    try {
      var more = true;
      while (more && in.isReadable()) {
        more = step(in);
      }
    } catch (MalformedException e) {
      state = State.STOPPED;
      target.malformed(e);
    } finally {
      reading = false;
      if (in.isReadable() && state != State.STOPPED) {
        pending = in;
      } else {
        in.release();
      }
    }
  }

  /** One step; false if it needs more bytes, or may not go on. */
  private boolean step(ByteBuf in) throws MalformedException {
    return switch (state) {
      case HEAD -> target.mayBegin() && head(in);
      case FIXED -> {
        var length = (int) Math.min(remaining, in.readableBytes());
        remaining -= length;
        data(in, length);
        if (remaining == 0 && state == State.FIXED) {
          state = State.HEAD;
          target.end(Headers.none());
        }
        yield true;
      }
      case CHUNKED -> {
        var length = chunks.data(in);
        if (length > 0) {
          chunks.took(length);
          data(in, length);
        } else if (chunks.isDone()) {
          state = State.TRAILERS;
          finder.resetForTrailers();
        }
        yield true; // at its end the input is empty
      }
      case TRAILERS -> trailers(in);
      case UNTIL_CLOSE -> {
        data(in, in.readableBytes());
        yield true;
      }
      case STOPPED -> false;
    };
  }

  private void data(ByteBuf in, int length) {
    target.data(in.readRetainedSlice(length));
  }

  private boolean head(ByteBuf in) throws MalformedException {
    var length = finder.find(in);
    if (length < 0) {
      return false;
    }
    finder.reset();
    var head = new byte[length + SLACK];
    in.readBytes(head, 0, length);
    switch (target.head(head, length)) {
      case Framing.Fixed(var bytes) -> {
        if (bytes > 0) {
          begin(State.FIXED);
          remaining = bytes;
        } else if (state != State.STOPPED) {
          target.end(Headers.none());
        }
      }
      case Framing.Chunked _ -> {
        begin(State.CHUNKED);
        chunks.reset();
      }
      case Framing.UntilClose _ -> begin(State.UNTIL_CLOSE);
    }
    return true;
  }

  private void begin(State next) {
    if (state != State.STOPPED) {
      state = next;
    }
  }

  private boolean trailers(ByteBuf in) throws MalformedException {
    var length = finder.find(in);
    if (length < 0) {
      return false;
    }
    finder.reset();
    state = State.HEAD;
    if (length == 2) {
      in.skipBytes(2);
      target.end(Headers.none());
      return true;
    }
    var bytes = new byte[length];
    in.readBytes(bytes);
    target.end(Trailers.parse(bytes));
    return true;
  }
}
