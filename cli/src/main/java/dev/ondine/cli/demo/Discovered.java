package dev.ondine.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ondine.cli.demo.world.Workload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * A name that a sidecar has discovered, as its admin port tells.
 *
 * @param sidecar whose
 * @param name canonical, with the port if one was named, or a virtual IP and port
 * @param service the service that it means
 * @param state a word of the state machine
 * @param inStateMillis for how long
 * @param waitedMillis how long the first caller waited; not a number: nobody did, or in vain
 */
record Discovered(
    String sidecar,
    String name,
    String service,
    String state,
    long inStateMillis,
    double waitedMillis,
    int endpoints,
    long requests) {
  private static final Set<String> SERVING = Set.of("warm", "idle", "draining", "resync");

  /** Everything that a workload's sidecar knows. */
  static List<Discovered> by(Workload workload, VirtualIps addresses) throws IOException {
    return read(workload.name(), workload.admin().get("/discovery"), addresses::service);
  }

  static List<Discovered> read(
      String sidecar, JsonNode answer, Function<String, String> virtualIps) {
    var all = new ArrayList<Discovered>();
    for (var name : answer.path("names")) {
      all.add(
          new Discovered(
              sidecar,
              name.path("name").asText(),
              service(name.path("name").asText(), virtualIps),
              name.path("state").asText(),
              name.path("in_state_ms").asLong(),
              name.path("waited_ms").asDouble(Double.NaN),
              name.path("endpoints").asInt(),
              name.path("requests").asLong()));
    }
    return all;
  }

  /** The services behind some names. */
  static Set<String> services(List<Discovered> names) {
    var services = new TreeSet<String>();
    for (var name : names) {
      if (name.isServing()) {
        services.add(name.service());
      }
    }
    return services;
  }

  /** {@code ledger} of {@code ledger.default.mesh:7000}. */
  private static String service(String name, Function<String, String> virtualIps) {
    var colon = name.indexOf(':');
    var host = colon < 0 ? name : name.substring(0, colon);
    return host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'))
        ? virtualIps.apply(host)
        : host.split("\\.", 2)[0];
  }

  /** As its callers wrote it. */
  String shortName() {
    var text = name.replace(".default.mesh", "");
    return text.startsWith(service) ? text : service + " at " + text;
  }

  /** Whether it can be called: there is a bundle. */
  boolean isServing() {
    return SERVING.contains(state);
  }
}
