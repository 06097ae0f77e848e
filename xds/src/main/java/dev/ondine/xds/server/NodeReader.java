package dev.ondine.xds.server;

import com.google.protobuf.Value;
import dev.ondine.model.Locality;
import dev.ondine.xds.codec.Node;
import java.util.HashMap;
import java.util.HashSet;

/** Reads a client's node from Envoy's message. */
final class NodeReader {
  private NodeReader() {}

  static Node read(io.envoyproxy.envoy.config.core.v3.Node wire) {
    var metadata = new HashMap<String, String>();
    wire.getMetadata()
        .getFieldsMap()
        .forEach(
            (key, value) -> {
              switch (value.getKindCase()) {
                case STRING_VALUE -> metadata.put(key, value.getStringValue());
                case BOOL_VALUE -> metadata.put(key, Boolean.toString(value.getBoolValue()));
                case NUMBER_VALUE -> metadata.put(key, number(value));
                case STRUCT_VALUE, LIST_VALUE, NULL_VALUE, KIND_NOT_SET -> {}
              }
            });
    var place = wire.getLocality();
    return new Node(
        wire.getId(),
        wire.getCluster(),
        metadata,
        new Locality(place.getRegion(), place.getZone(), place.getSubZone()),
        wire.getUserAgentName(),
        wire.getUserAgentVersion(),
        new HashSet<>(wire.getClientFeaturesList()));
  }

  /** {@code 8080}, not {@code 8080.0}. */
  private static String number(Value value) {
    var number = value.getNumberValue();
    return number == Math.rint(number) && Math.abs(number) < 1L << 53
        ? Long.toString((long) number)
        : Double.toString(number);
  }
}
