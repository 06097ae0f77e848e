package dev.ondine.control.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ondine.control.api.http.ApiException;
import dev.ondine.control.api.http.ApiRequest;
import dev.ondine.control.api.http.ApiResponse;
import dev.ondine.control.api.http.ApiRoute;
import dev.ondine.control.policy.Problem;
import dev.ondine.control.registry.Registration;
import dev.ondine.control.registry.RegistrationRefusedException;
import dev.ondine.control.registry.Registry;
import dev.ondine.control.registry.WorkloadKey;
import dev.ondine.model.InvalidResourceException;
import dev.ondine.model.Workload;
import java.io.IOException;
import java.util.List;
import java.util.TreeMap;

/**
 * The workloads there are now, and registration for those without a sidecar. A registration is
 * renewed by repeating it, or with an empty body, before its time to live is over.
 */
final class WorkloadsApi {
  private final Registry registry;

  WorkloadsApi(Registry registry) {
    this.registry = registry;
  }

  List<ApiRoute> routes() {
    return List.of(
        new ApiRoute("GET", "/v1/workloads", this::list),
        new ApiRoute("PUT", "/v1/workloads/*/*", this::register),
        new ApiRoute("DELETE", "/v1/workloads/*/*", this::deregister));
  }

  private ApiResponse list(ApiRequest request) {
    var workloads =
        registry.world().services().stream().flatMap(view -> view.workloads().stream()).toList();
    return ApiResponse.json(200, Json.list("workloads", workloads, this::write));
  }

  private ApiResponse register(ApiRequest request) throws IOException {
    try {
      var registration = registration(request);
      var lease = registry.register(registration);
      return ApiResponse.json(
          200,
          Json.object()
              .put("workload", lease.workload())
              .put("ttlSeconds", lease.ttl().toSeconds()));
    } catch (InvalidResourceException e) {
      throw new ApiException(422, List.of(new Problem("", 0, e.path(), "", text(e), "")));
    } catch (RegistrationRefusedException e) {
      throw new ApiException(409, text(e));
    }
  }

  private ApiResponse deregister(ApiRequest request) {
    var key = key(request);
    if (!registry.deregister(key)) {
      throw unknown(key);
    }
    return ApiResponse.json(200, Json.object().put("workload", key.toString()));
  }

  private Registration registration(ApiRequest request) throws IOException {
    var key = key(request);
    var body = request.body().read();
    var registration =
        body.length > 0
            ? RegistrationJson.read(key, Json.read(body))
            : registry.registration(key).orElseThrow(() -> unknown(key));
    return request
        .parameter("state")
        .map(state -> registration.withState(RegistrationJson.state(state)))
        .orElse(registration);
  }

  private void write(Workload workload, ObjectNode json) {
    json.put("name", workload.name())
        .put("namespace", workload.namespace())
        .put("service", workload.service())
        .put("address", workload.address());
    var ports = json.putObject("ports");
    new TreeMap<>(workload.ports()).forEach(ports::put);
    json.put("sidecar", workload.sidecar())
        .put("mtls", workload.mtls())
        .put("state", workload.state().name())
        .put("zone", workload.locality().zone())
        .put("weight", workload.weight())
        .put("serviceAccount", workload.serviceAccount())
        .put("leased", registry.registration(keyOf(workload)).isPresent());
    var labels = json.putObject("labels");
    new TreeMap<>(workload.labels()).forEach(labels::put);
  }

  private static WorkloadKey keyOf(Workload workload) {
    return new WorkloadKey(workload.namespace(), workload.name());
  }

  private static WorkloadKey key(ApiRequest request) {
    return new WorkloadKey(request.path().get(0), request.path().get(1));
  }

  private static ApiException unknown(WorkloadKey key) {
    return new ApiException(404, "no workload " + key + " is registered");
  }

  private static String text(RuntimeException failure) {
    return String.valueOf(failure.getMessage());
  }
}
