package dev.ondine.xds.client;

import dev.ondine.model.InvalidResourceException;
import dev.ondine.xds.client.Verdict.Accepted;
import dev.ondine.xds.codec.DeltaRequest;
import dev.ondine.xds.codec.DeltaResponse;
import dev.ondine.xds.codec.DeltaResponse.ResourceError;
import dev.ondine.xds.codec.ResourceType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The conversation on one open stream, by the rules of delta xDS. Confined to the client's
 * scheduler.
 */
final class DeltaSession {
  private static final Logger LOG = LoggerFactory.getLogger(DeltaSession.class);
  private static final String WILDCARD = "*";

  /** The answer that a response is still owed. */
  private record Answer(String nonce, Optional<String> rejection) {}

  private final GrpcDeltaStream stream;
  private final AdsClientSettings settings;
  private final SubscriptionTable table;
  private final ResourceStore store;
  private final SilenceWatch silence;
  private final AdsClientMetrics metrics;
  private final Set<ResourceType> opened = EnumSet.noneOf(ResourceType.class);
  private final Map<ResourceType, Answer> owed = new EnumMap<>(ResourceType.class);
  private boolean introduced;
  private boolean heard;
  private boolean busy;
  private boolean nextDue;

  DeltaSession(
      GrpcDeltaStream stream,
      AdsClientSettings settings,
      SubscriptionTable table,
      ResourceStore store,
      SilenceWatch silence,
      AdsClientMetrics metrics) {
    this.stream = stream;
    this.settings = settings;
    this.table = table;
    this.store = store;
    this.silence = silence;
    this.metrics = metrics;
  }

  /** Whether the server has said anything. */
  boolean heard() {
    return heard;
  }

  /** Says all that is due: one request per type that has something to say. */
  void flush() {
    if (busy) {
      return; // whoever is at work flushes when done
    }
    for (var type : ResourceType.values()) {
      if (!stream.isReady()) {
        return; // continued when it is: until then changes only add up
      }
      if (owed.containsKey(type) || table.hasChanges(type)) {
        send(type);
      }
    }
    if (nextDue) {
      // Only now: so there is never more than one answer per type to write.
      nextDue = false;
      stream.next();
    }
  }

  private void send(ResourceType type) {
    var changes = table.take(type);
    var subscribe = changes.subscribe();
    var unsubscribe = changes.unsubscribe();
    var versions = Map.<String, String>of();
    if (opened.add(type)) {
      versions = store.versions(type);
      if (settings.declineWildcard()) {
        subscribe = with(WILDCARD, subscribe);
        unsubscribe = with(WILDCARD, unsubscribe);
      }
    }
    var answer = owed.remove(type);
    var request =
        new DeltaRequest(
            introduced ? Optional.empty() : Optional.of(settings.node()),
            type.url(),
            subscribe,
            unsubscribe,
            versions,
            answer == null ? "" : answer.nonce(),
            answer == null ? Optional.empty() : answer.rejection());
    introduced = true;
    stream.send(request.encode());
    metrics.request(type);
    if (changes.subscribe().stream().anyMatch(name -> store.isOpen(type, name))) {
      silence.asked();
    }
  }

  private static List<String> with(String first, List<String> rest) {
    var all = new ArrayList<String>(rest.size() + 1);
    all.add(first);
    all.addAll(rest);
    return all;
  }

  /** Takes a message of the server. */
  void received(byte[] message) {
    heard = true;
    silence.heard();
    DeltaResponse response;
    try {
      response = DeltaResponse.decode(message);
    } catch (InvalidResourceException e) {
      stream.close("the server sent what is no delta response: " + e.getMessage());
      return;
    }
    var type = ResourceType.ofUrl(response.typeUrl()).orElse(null);
    if (type == null) {
      refuse(response);
      return;
    }
    // What watchers ask for in consequence rides on the answer.
    busy = true;
    try {
      take(type, response);
    } finally {
      busy = false;
    }
    nextDue = true;
    flush();
  }

  /** Of a type that we never asked for. */
  private void refuse(DeltaResponse response) {
    stream.send(
        new DeltaRequest(
                Optional.empty(),
                response.typeUrl(),
                List.of(),
                List.of(),
                Map.of(),
                response.nonce(),
                Optional.of("this client knows no resources of this type"))
            .encode());
    stream.next();
  }

  private void take(ResourceType type, DeltaResponse response) {
    var verdict = Verdict.of(type, response);
    verdict
        .rejection()
        .ifPresent(
            reason -> LOG.warn("rejected {} resources of {}: {}", type, stream.server(), reason));
    metrics.response(type, verdict.rejection().isEmpty());
    if (!response.nonce().isEmpty()) {
      owed.put(type, new Answer(response.nonce(), verdict.rejection()));
    }
    var update = store.update(type);
    for (Accepted accepted : verdict.accepted()) {
      update.present(accepted.resource(), accepted.aliases());
    }
    verdict.removed().forEach(update::absent);
    for (var error : verdict.errors()) {
      switch (error.code()) {
        case ResourceError.NOT_FOUND -> update.absent(error.name());
        case ResourceError.PERMISSION_DENIED -> update.denied(error.name(), error.message());
        default ->
            // A passing trouble of the server: what we have stays good.
            LOG.warn(
                "{} cannot give {} '{}': {} (code {})",
                stream.server(),
                type,
                error.name(),
                error.message(),
                error.code());
      }
    }
    update.tell();
  }
}
