package dev.ondine.it.system.wrap;

import java.io.IOException;
import java.util.Set;

/**
 * One row of the table: somebody calls something, and somebody must have seen it.
 *
 * @param name in lower case with hyphens; also the path that is asked for, so that logs tell the
 *     cases apart
 * @param how who calls what
 */
record Case(String name, String how, Expected expected, Action action) {
  /** What must come of it. */
  sealed interface Expected {}

  /** The server got it, and exactly these sidecars saw it. */
  record Captured(App server, Set<Sighting> by) implements Expected {
    static Captured by(App server, Sighting... sidecars) {
      return new Captured(server, Set.of(sidecars));
    }
  }

  /** No server got it, and the caller was told. */
  record Refused() implements Expected {}

  /** The server got it, and no sidecar saw it: it is not the mesh's. */
  record Untouched(App server) implements Expected {}

  /** The action answers with something that starts so; there is nothing for a server to see. */
  record Answered(String start) implements Expected {}

  /** What is done. */
  @FunctionalInterface
  interface Action {
    /**
     * Calls the path.
     *
     * @return what the caller got
     * @throws IOException when it got no answer
     */
    String call(String path) throws IOException, InterruptedException;
  }

  String path() {
    return "/" + name;
  }
}
