package dev.ondine.proxy.transport;

import io.netty.channel.Channel;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Asks the kernel where a redirected connection was meant to go. */
@FunctionalInterface
public interface OriginalDestination {
  /** The destination before the redirect; empty for a connection that was not redirected. */
  Optional<InetSocketAddress> of(Channel accepted);

  /**
   * For listeners that connections are redirected to; needs epoll.
   *
   * <p>Empty too when the peer meant the listener itself: on such a listener a connection without
   * an original destination came by no redirect, and to pass it on would go round for ever.
   */
  static OriginalDestination redirected() {
    return new SocketOriginalDestination();
  }

  /** For listeners that nothing is redirected to. */
  OriginalDestination NONE = channel -> Optional.empty();
}
