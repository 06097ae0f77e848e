package dev.ondine.proxy.http;

/**
 * The body of a request or of an answer, with explicit back-pressure. Confined to its exchange's
 * loop.
 *
 * <p>One receiver subscribes, once. Nothing is delivered beyond what it requested, save that the
 * piece that reaches the limit comes whole: a source may so exceed it by one read. The source stops
 * reading its connection (HTTP/1) or keeps back stream credit (HTTP/2) when nothing more is wanted.
 * The end and a failure come without being requested.
 */
public interface BodyStream {
  /** The {@link #length} of a body that ends when it ends. */
  long UNKNOWN = -1;

  /** Bytes in all, or {@link #UNKNOWN}; a body of 0 bytes may still bring trailers. */
  long length();

  /** Names the receiver. May deliver {@link Receiver#end} before it returns. */
  void subscribe(Receiver receiver);

  /**
   * The receiver is ready for this many bytes more. May deliver before it returns, but never from
   * within {@link Receiver#data}.
   */
  void request(long bytes);

  /**
   * The receiver wants no more and is told no more. The source is aborted: its connection is not
   * used again unless the body had ended.
   */
  void cancel();

  /** Takes a body as it comes. */
  interface Receiver {
    /** The next piece; the receiver owns it. Never empty. */
    void data(Bytes bytes);

    /** The body is complete; told once. */
    void end(Headers trailers);

    /** The body breaks off here; told once, instead of the end. */
    void failed(Failure failure);
  }

  /** A body without bytes and without trailers. */
  static BodyStream empty() {
    return FixedBody.EMPTY;
  }

  /** A body of just these bytes; owns them. */
  static BodyStream of(Bytes bytes) {
    return bytes.length() == 0 ? empty() : new FixedBody(bytes);
  }
}
