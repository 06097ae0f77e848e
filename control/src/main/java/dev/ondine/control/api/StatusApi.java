package dev.ondine.control.api;

import dev.ondine.base.metrics.Metrics;
import dev.ondine.control.api.http.ApiRequest;
import dev.ondine.control.api.http.ApiResponse;
import dev.ondine.control.api.http.ApiRoute;
import dev.ondine.control.census.MtlsState;
import dev.ondine.control.registry.Registry;
import dev.ondine.xds.server.AdsServer;
import java.util.List;

/**
 * How control itself does: status for people, readiness for supervisors, figures for Prometheus.
 */
final class StatusApi {
  private final Registry registry;
  private final AdsServer ads;
  private final Metrics metrics;
  private final MtlsState mtls;
  private final ControlStatus status;

  StatusApi(
      Registry registry, AdsServer ads, Metrics metrics, MtlsState mtls, ControlStatus status) {
    this.registry = registry;
    this.ads = ads;
    this.metrics = metrics;
    this.mtls = mtls;
    this.status = status;
  }

  List<ApiRoute> routes() {
    return List.of(
        new ApiRoute("GET", "/v1/status", this::status),
        new ApiRoute("GET", "/ready", this::ready),
        new ApiRoute("GET", "/metrics", this::metrics));
  }

  private ApiResponse status(ApiRequest request) throws InterruptedException {
    var world = registry.world();
    var notReady = status.notReady();
    var json =
        Json.object()
            .put("version", status.version())
            .put("ready", notReady.isEmpty())
            .put("uptimeSeconds", status.uptime().toSeconds())
            .put("xds", status.xds())
            .put("store", status.store());
    status.watch().ifPresent(folder -> json.put("watch", folder));
    json.put("revision", world.revision())
        .put("services", world.services().size())
        .put("workloads", world.services().stream().mapToInt(s -> s.workloads().size()).sum())
        .put("sidecars", ads.streams().size());
    notReady.forEach(Json.array(json, "notReady")::add);
    status.problems().forEach(Json.array(json, "problems")::add);
    return ApiResponse.json(200, json);
  }

  private ApiResponse ready(ApiRequest request) {
    var notReady = status.notReady();
    var json = Json.object().put("ready", notReady.isEmpty());
    notReady.forEach(Json.array(json, "reasons")::add);
    return ApiResponse.json(notReady.isEmpty() ? 200 : 503, json);
  }

  private ApiResponse metrics(ApiRequest request) throws InterruptedException {
    mtls.measure();
    return new ApiResponse(200, "text/plain; version=0.0.4; charset=utf-8", metrics.scrape());
  }
}
