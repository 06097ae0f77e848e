package dev.ondine.model;

import static java.util.Objects.requireNonNull;

/**
 * A port of a service.
 *
 * @param name unique within the service; {@code port-8080} where the user gave none
 * @param port what callers use
 * @param targetPort where workloads listen
 */
public record ServicePort(String name, int port, int targetPort, AppProtocol protocol) {
  public ServicePort {
    Names.label("port.name", name);
    Names.port("port " + name + ".port", port);
    Names.port("port " + name + ".targetPort", targetPort);
    requireNonNull(protocol, "protocol");
  }
}
