package dev.ondine.xds.codec;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A {@code DeltaDiscoveryRequest}: subscription changes, and the answer to a response.
 *
 * @param node only in a stream's first request
 * @param typeUrl the resource type's URL
 * @param initialVersions what the client still has from an earlier stream, by resource name; only
 *     in a type's first request of a stream
 * @param nonce of the response that this accepts or rejects; empty in a spontaneous request
 * @param error why the response is rejected; empty accepts it
 */
public record DeltaRequest(
    Optional<Node> node,
    String typeUrl,
    List<String> subscribe,
    List<String> unsubscribe,
    Map<String, String> initialVersions,
    String nonce,
    Optional<String> error) {

  private static final int INVALID_ARGUMENT = 3; // google.rpc.Code

  public DeltaRequest {
    subscribe = List.copyOf(subscribe);
    unsubscribe = List.copyOf(unsubscribe);
    initialVersions = Map.copyOf(initialVersions);
  }

  /** The protobuf message. */
  public byte[] encode() {
    return WireWriter.write(
        out -> {
          node.ifPresent(who -> out.message(1, nested -> node(nested, who)));
          out.string(2, typeUrl);
          out.strings(3, subscribe);
          out.strings(4, unsubscribe);
          initialVersions.forEach(
              (name, version) ->
                  out.message(
                      5,
                      entry -> {
                        entry.string(1, name);
                        entry.string(2, version);
                      }));
          out.string(6, nonce);
          error.ifPresent(
              reason ->
                  out.message(
                      7,
                      status -> {
                        status.int32(1, INVALID_ARGUMENT);
                        status.string(2, reason);
                      }));
        });
  }

  private static void node(WireWriter out, Node node) {
    out.string(1, node.id());
    out.string(2, node.cluster());
    if (!node.metadata().isEmpty()) {
      out.message(3, struct -> node.metadata().forEach((key, value) -> entry(struct, key, value)));
    }
    out.message(
        4,
        place -> {
          place.string(1, node.locality().region());
          place.string(2, node.locality().zone());
          place.string(3, node.locality().subZone());
        });
    out.string(6, node.userAgent());
    out.string(7, node.userAgentVersion());
    out.strings(10, node.clientFeatures());
  }

  private static void entry(WireWriter struct, String key, String value) {
    struct.message(
        1,
        entry -> {
          entry.string(1, key);
          entry.message(2, text -> text.strings(3, List.of(value)));
        });
  }
}
