package dev.ondine.testkit.http1;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A server that keeps all that it gets: of HTTP/1 by connection, of HTTP/2 by stream. */
public interface Recorder extends AutoCloseable {
  /** Where it listens. */
  int port();

  /** All that came, in the order in which it began. */
  List<Recorded> recorded();

  @Override
  void close() throws IOException;

  /** How much came so far. */
  default Mark mark() {
    var sizes = new HashMap<Recorded, Integer>();
    recorded().forEach(one -> sizes.put(one, one.size()));
    return new Mark(sizes);
  }

  /** A moment: what came later is told apart by it. */
  record Mark(Map<Recorded, Integer> sizes) {
    public Mark {
      sizes = Map.copyOf(sizes);
    }

    /** How many bytes had come by then. */
    public int sizeOf(Recorded one) {
      return sizes.getOrDefault(one, 0);
    }
  }
}
