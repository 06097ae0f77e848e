package dev.ondine.cli.demo;

import dev.ondine.cli.CliException;
import dev.ondine.cli.demo.world.ControlProcess;
import java.util.HashMap;
import java.util.Map;

/**
 * Which service a virtual IP is: a sidecar that relays TCP knows no more of it than the address.
 */
final class VirtualIps {
  private final ControlProcess control;
  private final Map<String, String> services = new HashMap<>();

  VirtualIps(ControlProcess control) {
    this.control = control;
  }

  /** The service's name; empty when there is none, or control cannot be asked. */
  String service(String ip) {
    if (!services.containsKey(ip)) {
      ask();
    }
    return services.getOrDefault(ip, "");
  }

  private void ask() {
    try {
      for (var service : control.api().get("/v1/services").path("services")) {
        services.put(service.path("virtualIp").asText(), service.path("name").asText());
      }
    } catch (CliException _) {
      // it is just being restarted; later
    }
  }
}
