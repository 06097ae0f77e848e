package dev.ondine.proxy.transport;

import dev.ondine.model.Identity;
import io.netty.channel.ChannelFuture;
import java.util.Optional;

/** What a security protocol knows of a connection that it secures. Confined to the loop. */
@FunctionalInterface
public interface Secured {
  /** Sends the protocol's own end of output, which comes before TCP's. */
  ChannelFuture goodbye();

  /** True once the peer has sent its own end of output. */
  default boolean isInputEnded() {
    return false;
  }

  /** Who the peer has proven to be. */
  default Optional<Identity> peer() {
    return Optional.empty();
  }

  /** True once that proof holds no longer. */
  default boolean isStale() {
    return false;
  }
}
