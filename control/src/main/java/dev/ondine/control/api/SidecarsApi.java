package dev.ondine.control.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ondine.control.api.http.ApiRequest;
import dev.ondine.control.api.http.ApiResponse;
import dev.ondine.control.api.http.ApiRoute;
import dev.ondine.xds.codec.Node;
import dev.ondine.xds.server.AdsServer;
import dev.ondine.xds.server.StreamSnapshot;
import dev.ondine.xds.server.StreamSnapshot.SubscriptionSnapshot;
import dev.ondine.xds.server.StreamSnapshot.TypeSnapshot;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** Who is connected, what each subscribes to, and what it said to what it was sent. */
final class SidecarsApi {
  private final AdsServer ads;

  SidecarsApi(AdsServer ads) {
    this.ads = ads;
  }

  List<ApiRoute> routes() {
    return List.of(new ApiRoute("GET", "/v1/sidecars", this::list));
  }

  private ApiResponse list(ApiRequest request) throws InterruptedException {
    return ApiResponse.json(200, Json.list("sidecars", ads.streams(), SidecarsApi::write));
  }

  private static void write(StreamSnapshot stream, ObjectNode json) {
    json.put("stream", stream.id());
    stream.node().ifPresent(node -> write(node, json));
    json.put("peer", stream.peer())
        .put("since", stream.since().toString())
        .put("protocol", word(stream.protocol()));
    var types = json.putObject("types");
    new TreeMap<>(stream.types()).forEach((type, t) -> write(t, types.putObject(word(type))));
  }

  private static void write(Node node, ObjectNode json) {
    json.put("node", node.id())
        .put("service", node.cluster())
        .put("namespace", node.namespace())
        .put("userAgent", node.userAgent())
        .put("version", node.userAgentVersion());
  }

  private static void write(TypeSnapshot type, ObjectNode json) {
    json.put("wildcard", type.wildcard());
    type.rejected().ifPresent(reason -> json.put("rejected", reason));
    var subscriptions = json.putArray("subscriptions");
    type.subscriptions().forEach(s -> write(s, subscriptions.addObject()));
  }

  private static void write(SubscriptionSnapshot subscription, ObjectNode json) {
    json.put("name", subscription.name()).put("status", word(subscription.status()));
    subscription.sent().ifPresent(version -> json.put("sent", version));
    subscription.acked().ifPresent(version -> json.put("acked", version));
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
