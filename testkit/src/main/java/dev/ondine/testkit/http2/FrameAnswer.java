package dev.ondine.testkit.http2;

import java.util.List;

/** What a {@link FrameOrigin} answers. */
public sealed interface FrameAnswer {
  /** A proper 200 with the request's target. */
  record Target() implements FrameAnswer {}

  /** A proper 200 with a body of so many bytes, as the other end gives credit for them. */
  record Body(long bytes) implements FrameAnswer {}

  /**
   * Any frames. Stream 1 stands for the request's, 3 for the one behind it, and so on.
   *
   * @param atHead sent when the request's head has come
   * @param atEnd sent when it is complete
   * @param closes whether the connection is closed behind them
   */
  record Frames(List<Frame> atHead, List<Frame> atEnd, boolean closes) implements FrameAnswer {
    public Frames {
      atHead = List.copyOf(atHead);
      atEnd = List.copyOf(atEnd);
    }
  }
}
