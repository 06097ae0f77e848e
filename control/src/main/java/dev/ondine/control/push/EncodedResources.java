package dev.ondine.control.push;

import dev.ondine.control.translate.ClusterTranslator;
import dev.ondine.control.translate.EndpointsTranslator;
import dev.ondine.control.translate.ListenerTranslator;
import dev.ondine.control.translate.Resolution;
import dev.ondine.control.translate.RouteTranslator;
import dev.ondine.xds.codec.ResourceType;
import dev.ondine.xds.codec.encode.Encoder;
import dev.ondine.xds.server.EncodedResource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The wire forms made last, so that a change which a thousand streams must see is translated and
 * encoded once, and its bytes are held once.
 */
final class EncodedResources {
  /** Foreign clients may spell a name in many ways; beyond this all are made anew. */
  private static final int MAX = 65_536;

  private final Optional<String> trustDomain;
  private final Map<Key, Made> made = new ConcurrentHashMap<>();

  /**
   * Nothing is made yet.
   *
   * @param trustDomain of the mesh; empty where nobody has an identity
   */
  EncodedResources(Optional<String> trustDomain) {
    this.trustDomain = trustDomain;
  }

  /**
   * The resource of the type behind the resolved name.
   *
   * @param mtls whether who asks could take part in mutual TLS at all
   */
  EncodedResource get(ResourceType type, Resolution.Found found, boolean mtls) {
    var key = new Key(type, found.name(), found.alias(), mtls);
    var last = made.get(key);
    if (last != null && last.isOf(found)) {
      return last.resource();
    }
    var resource = encode(type, found, mtls ? trustDomain : Optional.empty());
    if (made.size() >= MAX) {
      made.clear();
    }
    made.put(key, new Made(found, resource));
    return resource;
  }

  private static EncodedResource encode(
      ResourceType type, Resolution.Found found, Optional<String> trustDomain) {
    var name = found.name();
    var aliases = found.alias().stream().toList();
    return switch (type) {
      case CLUSTER ->
          EncodedResource.of(
              name, aliases, Encoder.encode(ClusterTranslator.translate(found, trustDomain)));
      case ENDPOINTS ->
          EncodedResource.of(
              name, aliases, Encoder.encode(EndpointsTranslator.translate(found, trustDomain)));
      case LISTENER ->
          EncodedResource.of(name, aliases, Encoder.encode(ListenerTranslator.translate(found)));
      case ROUTES ->
          EncodedResource.of(name, aliases, Encoder.encode(RouteTranslator.translate(found)));
      case SECRET, INBOUND -> throw new IllegalArgumentException(type + " is of no service");
    };
  }

  private record Key(ResourceType type, String name, Optional<String> alias, boolean mtls) {}

  private record Made(Resolution.Found from, EncodedResource resource) {
    // Views are immutable, and new with every change of their service.
    @SuppressWarnings("ReferenceEquality")
    boolean isOf(Resolution.Found found) {
      return from.view() == found.view()
          && from.port().equals(found.port())
          && from.mtls() == found.mtls()
          && from.instance().equals(found.instance());
    }
  }
}
