package dev.ondine.xds.server;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The responses of one type that the client has neither accepted nor rejected yet. Confined to the
 * stream's mailbox.
 */
final class SentResponses {
  /** What a response gave to one subscription. */
  record Given(Subscription subscription, String version) {}

  private record Sent(String nonce, List<Given> given) {}

  /** A client that answers nothing may be this far behind; older ones count as unanswered. */
  private static final int MAX_UNANSWERED = 64;

  private static final int MAX_REASON = 2_048;

  private final ArrayDeque<Sent> unanswered = new ArrayDeque<>();
  private @Nullable String rejected;

  void sent(String nonce, List<Given> given) {
    if (unanswered.size() == MAX_UNANSWERED) {
      unanswered.removeFirst();
    }
    unanswered.addLast(new Sent(nonce, given));
  }

  /** The client has taken this response, hence all before it. */
  void accepted(String nonce) {
    answered(nonce)
        .ifPresent(
            sent -> {
              rejected = null;
              for (var given : sent.given()) {
                // Told otherwise since: then this is about what it no longer has.
                if (given.subscription().status == StreamSnapshot.Status.SENT) {
                  given.subscription().acked = given.version();
                }
              }
            });
  }

  /** The client has kept what it had before this response. */
  void rejected(String nonce, String reason) {
    var _ = answered(nonce);
    rejected = reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) + " …" : reason;
  }

  /** Why the client rejected the last response that it answered. */
  Optional<String> rejection() {
    return Optional.ofNullable(rejected);
  }

  private Optional<Sent> answered(String nonce) {
    if (unanswered.stream().noneMatch(sent -> sent.nonce().equals(nonce))) {
      return Optional.empty();
    }
    while (true) {
      var sent = unanswered.removeFirst();
      if (sent.nonce().equals(nonce)) {
        return Optional.of(sent);
      }
    }
  }
}
