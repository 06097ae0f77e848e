package dev.ondine.control.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ondine.control.api.http.ApiRequest;
import dev.ondine.control.api.http.ApiResponse;
import dev.ondine.control.api.http.ApiRoute;
import dev.ondine.control.registry.Registry;
import dev.ondine.control.registry.ServiceView;
import dev.ondine.model.ServicePort;
import dev.ondine.model.Workload;
import java.util.List;

/** The services there are now, declared or not. */
final class ServicesApi {
  private final Registry registry;

  ServicesApi(Registry registry) {
    this.registry = registry;
  }

  List<ApiRoute> routes() {
    return List.of(new ApiRoute("GET", "/v1/services", this::list));
  }

  private ApiResponse list(ApiRequest request) {
    return ApiResponse.json(
        200, Json.list("services", registry.world().services(), ServicesApi::write));
  }

  private static void write(ServiceView view, ObjectNode json) {
    var service = view.service();
    json.put("name", service.name())
        .put("namespace", service.namespace())
        .put("host", service.host());
    service.virtualIp().ifPresent(ip -> json.put("virtualIp", ip));
    json.put("declared", view.declared());
    var ports = json.putArray("ports");
    service.ports().forEach(port -> write(port, ports.addObject()));
    json.putObject("workloads")
        .put("ready", count(view, Workload.State.READY))
        .put("lameDuck", count(view, Workload.State.LAME_DUCK));
    var visibleTo = json.putArray("visibleTo");
    view.visibleTo().forEach(visibleTo::add);
  }

  private static void write(ServicePort port, ObjectNode json) {
    json.put("name", port.name())
        .put("port", port.port())
        .put("targetPort", port.targetPort())
        .put("protocol", port.protocol().text());
  }

  private static long count(ServiceView view, Workload.State state) {
    return view.workloads().stream().filter(workload -> workload.state() == state).count();
  }
}
