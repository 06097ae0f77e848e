package dev.ondine.proxy.http.http2;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;

/** The two messages of a stream, request and answer, told what comes for them. */
interface StreamMessages {
  /** A head, or trailers. */
  void headers(Http2Headers headers, boolean end) throws Http2Exception;

  /** Content, which stays the caller's; may be empty. */
  void data(ByteBuf data, boolean end) throws Http2Exception;

  /** The peer resets the stream, which will be closed next. */
  void reset(long errorCode);

  /** The peer's message breaks the protocol: the stream will be reset. */
  void malformed(String detail);

  /** The stream is closed, whoever did it and however. */
  void closed();

  /** Has the peer taken nothing since then of what there is to send? */
  boolean isStalledSince(long nanos);

  /** The peer has taken nothing for too long: the stream is to be reset. */
  void stalled();

  /** A second has passed; only servers say so. */
  default void sweep() {}
}
