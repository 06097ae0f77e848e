package dev.ondine.control.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ondine.base.config.Durations;
import dev.ondine.control.api.http.ApiException;
import dev.ondine.control.api.http.ApiRequest;
import dev.ondine.control.api.http.ApiResponse;
import dev.ondine.control.api.http.ApiRoute;
import dev.ondine.control.census.Assessment;
import dev.ondine.control.census.MtlsState;
import dev.ondine.control.census.ServiceMtls;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Who still calls whom in the clear, and the change to strict that looks at that first. */
final class MtlsApi {
  private final MtlsState state;
  private final MtlsChange change;
  private final InstantSource clock;

  MtlsApi(MtlsState state, MtlsChange change, InstantSource clock) {
    this.state = state;
    this.change = change;
    this.clock = clock;
  }

  List<ApiRoute> routes() {
    return List.of(
        new ApiRoute("GET", "/v1/mtls", this::show),
        new ApiRoute("POST", "/v1/mtls", this::change));
  }

  private ApiResponse show(ApiRequest request) throws InterruptedException {
    var window = window(request.parameter("window"));
    return ApiResponse.json(
        200, json(state.services(request.parameter("namespace"), window), window));
  }

  private ApiResponse change(ApiRequest request) throws IOException, InterruptedException {
    var body = Json.read(request.body().read());
    var wish =
        new MtlsChange.Wish(
            required(body.path("namespace").asText(), "namespace"),
            Optional.of(body.path("service").asText()).filter(name -> !name.isEmpty()),
            MtlsChange.mode(body.path("mtls").asText()),
            window(Optional.of(body.path("window").asText()).filter(text -> !text.isEmpty())),
            body.path("force").asBoolean());
    var done = change.make(wish);
    var json = json(state.targeted(wish.namespace(), wish.service(), wish.window()), wish.window());
    json.put("document", done.key()).put("change", done.change());
    done.overridden().forEach(Json.array(json, "overridden")::add);
    return ApiResponse.json(200, json);
  }

  private static String required(String value, String name) {
    if (value.isEmpty()) {
      throw new ApiException(400, name + " is missing");
    }
    return value;
  }

  private Duration window(Optional<String> text) {
    if (text.isEmpty()) {
      return state.settings().window();
    }
    try {
      var window = Durations.parse(text.get());
      if (window.compareTo(state.settings().forgetAfter()) <= 0) {
        return window;
      }
    } catch (IllegalArgumentException e) {
      throw new ApiException(400, "window: " + e.getMessage());
    }
    throw new ApiException(
        400,
        "window: "
            + text.get()
            + " (allowed: up to "
            + Durations.format(state.settings().forgetAfter())
            + ", after which callers are forgotten)");
  }

  private ObjectNode json(List<ServiceMtls> services, Duration window) {
    var json = Json.list("services", services, this::write);
    json.put("identities", state.identities()).put("window", Durations.format(window));
    state.notAcknowledged().forEach(Json.array(json, "notAcknowledged")::add);
    return json;
  }

  private void write(ServiceMtls one, ObjectNode json) {
    json.put("service", one.service().name())
        .put("namespace", one.service().namespace())
        .put("mtls", Assessment.word(one.security().mtls()))
        .put("by", one.by())
        .put("safe", one.blockers().isEmpty());
    new TreeMap<>(one.security().ports())
        .forEach(
            (port, mtls) ->
                Json.array(json, "ports")
                    .addObject()
                    .put("port", port)
                    .put("mtls", Assessment.word(mtls)));
    var workloads = json.putObject("workloads");
    texts(workloads, "withIdentity", one.withIdentity());
    texts(workloads, "withoutIdentity", one.withoutIdentity());
    texts(workloads, "behind", one.behind());
    var proven = json.putArray("proven");
    for (var caller : one.proven()) {
      var to = proven.addObject().put("identity", caller.identity());
      counts(to, caller.connections(), caller.requests(), caller.lastSeen());
    }
    var plaintext = json.putArray("plaintext");
    for (var caller : one.plaintext()) {
      var to = plaintext.addObject().put("address", caller.address());
      texts(to, "names", caller.names());
      to.put("workload", caller.workload()).put("port", caller.port());
      counts(to, caller.connections(), caller.requests(), caller.lastSeen());
      to.put("blocks", caller.blocks());
    }
    texts(json, "blockers", one.blockers());
  }

  private void counts(ObjectNode json, long connections, long requests, Instant lastSeen) {
    json.put("connections", connections)
        .put("requests", requests)
        .put("lastSeen", lastSeen.toString())
        .put("ageSeconds", Math.max(0, Duration.between(lastSeen, clock.instant()).toSeconds()));
  }

  private static void texts(ObjectNode json, String name, List<String> texts) {
    var array = json.putArray(name);
    texts.forEach(array::add);
  }
}
