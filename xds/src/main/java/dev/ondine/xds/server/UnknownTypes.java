package dev.ondine.xds.server;

import dev.ondine.xds.server.StreamProtocol.TooManySubscriptionsException;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The answers to delta requests for types that this server does not have: none of the names exists,
 * and nobody must wait to learn it. Nothing is remembered once said. Confined to the stream's
 * mailbox.
 */
final class UnknownTypes {
  private final int maxNames;
  private final Map<String, Set<String>> asked = new LinkedHashMap<>();
  private int names;

  UnknownTypes(int maxNames) {
    this.maxNames = maxNames;
  }

  void request(DeltaDiscoveryRequest request) {
    for (var name : request.getResourceNamesSubscribeList()) {
      if (asked.computeIfAbsent(request.getTypeUrl(), _ -> new LinkedHashSet<>()).add(name)
          && ++names > maxNames) {
        throw new TooManySubscriptionsException(maxNames);
      }
    }
  }

  @Nullable DeltaDiscoveryResponse next(Supplier<String> nonce) {
    if (asked.isEmpty()) {
      return null;
    }
    var type = asked.entrySet().iterator().next();
    asked.remove(type.getKey());
    names -= type.getValue().size();
    return DeltaDiscoveryResponse.newBuilder()
        .setTypeUrl(type.getKey())
        .setNonce(nonce.get())
        .addAllRemovedResources(type.getValue())
        .build();
  }
}
