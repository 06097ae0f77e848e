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

  private final Map<Key, Made> made = new ConcurrentHashMap<>();

  /** The resource of the type behind the resolved name. */
  EncodedResource get(ResourceType type, Resolution.Found found) {
    var key = new Key(type, found.name(), found.alias());
    var last = made.get(key);
    if (last != null && last.isOf(found)) {
      return last.resource();
    }
    var resource = encode(type, found);
    if (made.size() >= MAX) {
      made.clear();
    }
    made.put(key, new Made(found, resource));
    return resource;
  }

  private static EncodedResource encode(ResourceType type, Resolution.Found found) {
    var name = found.name();
    var aliases = found.alias().stream().toList();
    return switch (type) {
      case CLUSTER ->
          EncodedResource.of(name, aliases, Encoder.encode(ClusterTranslator.translate(found)));
      case ENDPOINTS ->
          EncodedResource.of(name, aliases, Encoder.encode(EndpointsTranslator.translate(found)));
      case LISTENER ->
          EncodedResource.of(name, aliases, Encoder.encode(ListenerTranslator.translate(found)));
      case ROUTES ->
          EncodedResource.of(name, aliases, Encoder.encode(RouteTranslator.translate(found)));
    };
  }

  private record Key(ResourceType type, String name, Optional<String> alias) {}

  private record Made(Resolution.Found from, EncodedResource resource) {
    // Views are immutable, and new with every change of their service.
    @SuppressWarnings("ReferenceEquality")
    boolean isOf(Resolution.Found found) {
      return from.view() == found.view()
          && from.port().equals(found.port())
          && from.instance().equals(found.instance());
    }
  }
}
