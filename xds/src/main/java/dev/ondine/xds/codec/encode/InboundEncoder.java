package dev.ondine.xds.codec.encode;

import dev.ondine.model.InboundSecurity;
import dev.ondine.proto.v1.InboundSettings;
import dev.ondine.proto.v1.InboundSettings.Mtls;
import dev.ondine.proto.v1.InboundSettings.Port;
import dev.ondine.proto.v1.InboundSettings.Probe;
import java.util.TreeMap;

/** What is demanded of callers; sorted, so that equal settings have equal bytes. */
final class InboundEncoder {
  private InboundEncoder() {}

  static InboundSettings encode(InboundSecurity security) {
    var wire = InboundSettings.newBuilder().setMtls(mtls(security.mtls()));
    new TreeMap<>(security.ports())
        .forEach(
            (port, mtls) -> wire.addPorts(Port.newBuilder().setPort(port).setMtls(mtls(mtls))));
    new TreeMap<>(security.probes())
        .forEach(
            (port, paths) ->
                paths.stream()
                    .sorted()
                    .forEach(
                        path -> wire.addProbes(Probe.newBuilder().setPort(port).setPath(path))));
    return wire.build();
  }

  private static Mtls mtls(InboundSecurity.Mtls mtls) {
    return switch (mtls) {
      case DISABLED -> Mtls.MTLS_DISABLED;
      case PERMISSIVE -> Mtls.MTLS_PERMISSIVE;
      case STRICT -> Mtls.MTLS_STRICT;
    };
  }
}
