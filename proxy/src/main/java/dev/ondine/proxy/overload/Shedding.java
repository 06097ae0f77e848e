package dev.ondine.proxy.overload;

/**
 * What the parts of the request path ask when there may be too much of everything. May be asked on
 * any thread, at each request: the answers are ready.
 */
public interface Shedding {
  /** Never too much: for tests of single parts, and for the admin port. */
  Shedding OFF =
      new Shedding() {
        @Override
        public boolean drains() {
          return false;
        }

        @Override
        public boolean sheds() {
          return false;
        }

        @Override
        public void shed(Point point) {}
      };

  /** Where load is shed, from the outside in. */
  enum Point {
    /** A connection is not accepted, or closed without a word. */
    ACCEPT,
    /** A request is answered 503 before any work was done for it. */
    REQUEST,
    /** A request gets no new connection to its endpoint. */
    CONNECT,
    /** A connection that nobody uses is closed. */
    IDLE
  }

  /** True if what is idle should go and nothing new should come. */
  boolean drains();

  /**
   * True while there are as many connections as there may be: those that have been idle for a while
   * should make room. One that was used just now may be used again at this moment.
   */
  default boolean isCrowded() {
    return false;
  }

  /** True if requests should be refused at once. */
  boolean sheds();

  /** Counts what was shed. */
  void shed(Point point);
}
