package dev.ondine.control.translate;

import dev.ondine.model.AppProtocol;
import dev.ondine.model.Listener;
import dev.ondine.model.Listener.Traffic;
import java.util.Optional;

/** How traffic to a name is treated: requests routed by the name's routes, or one TCP cluster. */
public final class ListenerTranslator {
  private ListenerTranslator() {}

  /** The name's listener. */
  public static Listener translate(Resolution.Found found) {
    var service = found.view().service();
    var port = found.port();
    return new Listener(
        found.name(),
        traffic(found.name(), port.protocol()),
        Optional.of(
            new Listener.ServiceInfo(
                service.name(),
                service.namespace(),
                port.port(),
                port.protocol(),
                service.virtualIp())));
  }

  private static Traffic traffic(String name, AppProtocol protocol) {
    return switch (protocol) {
      // The sidecar of an AUTO port looks at the bytes: what is no HTTP goes to the same cluster.
      case AUTO, HTTP, HTTP2, GRPC -> new Traffic.Http(name);
      case TCP, TLS -> new Traffic.Tcp(name);
    };
  }
}
