package dev.ondine.proxy.discovery.dns;

import dev.ondine.base.time.Scheduler;
import java.net.InetSocketAddress;
import java.util.function.Consumer;

/** The way to upstream resolvers from one event loop. */
interface Upstream {
  /** Where it is to be used, and where it tells. */
  Scheduler loop();

  /**
   * Sends one message from a socket of its own.
   *
   * @param answers told every message that comes back, never before this method has returned
   * @param failed told when nothing can come back any more, never before this method has returned
   * @return ends it: afterwards nobody is told anything
   */
  Runnable send(
      InetSocketAddress server,
      boolean overTcp,
      byte[] message,
      Consumer<byte[]> answers,
      Runnable failed);
}
