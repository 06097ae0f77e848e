package dev.ondine.xds.server;

import dev.ondine.xds.codec.ResourceType;
import dev.ondine.xds.server.StreamSnapshot.TypeSnapshot;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One of the two ways to speak ADS: what to say next, given what was asked and what changed.
 *
 * <p>Knows nothing of sockets or threads; confined to its stream's mailbox. A change only marks
 * what must be looked at; the answer is made in {@link #next}, when the socket takes it, so that a
 * slow reader gets the newest value and no backlog.
 *
 * @param <Q> the request message
 * @param <R> the response message
 */
interface StreamProtocol<Q, R> {
  /**
   * Takes a request.
   *
   * @throws TooManySubscriptionsException when it wants more names than a stream may have
   */
  void request(Q request);

  /** Some resources may have other answers now. */
  void changed(Set<String> dependencies);

  /** The next response that is due, or null. */
  @Nullable R next();

  /** The stream ended. */
  void close();

  /** What is subscribed and sent, by type. */
  Map<ResourceType, TypeSnapshot> snapshot();

  /** A stream wants more names than {@link AdsSettings#maxSubscriptions()}. */
  final class TooManySubscriptionsException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManySubscriptionsException(int limit) {
      super("more than " + limit + " subscriptions on one stream");
    }
  }
}
