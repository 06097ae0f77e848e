package dev.ondine.xds.codec;

import dev.ondine.model.InboundSecurity;
import dev.ondine.model.InboundSecurity.Mtls;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Reads an {@code ondine.v1.InboundSettings}. */
final class InboundDecoder {
  private record Port(int port, Mtls mtls) {}

  private record Probe(int port, String path) {}

  private InboundDecoder() {}

  static InboundSecurity read(WireReader in) {
    var mtls = 0;
    var ports = new HashMap<Integer, Mtls>();
    var probes = new HashMap<Integer, Set<String>>();
    var index = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> mtls = in.number("mtls");
        case 2 -> {
          var port = in.message("ports", index++, InboundDecoder::port);
          ports.put(port.port(), port.mtls());
        }
        case 3 -> {
          var probe = in.message("probes", index++, InboundDecoder::probe);
          probes.computeIfAbsent(probe.port(), _ -> new HashSet<>()).add(probe.path());
        }
        default -> in.skip();
      }
    }
    return new InboundSecurity(mtls(in, mtls), Map.copyOf(ports), Map.copyOf(probes));
  }

  private static Port port(WireReader in) {
    var port = 0;
    var mtls = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> port = in.uint32("port");
        case 2 -> mtls = in.number("mtls");
        default -> in.skip();
      }
    }
    return new Port(port, mtls(in, mtls));
  }

  private static Probe probe(WireReader in) {
    var port = 0;
    var path = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> port = in.uint32("port");
        case 2 -> path = in.string("path");
        default -> in.skip();
      }
    }
    return new Probe(port, path);
  }

  /** What is not understood must not be taken for something weaker. */
  private static Mtls mtls(WireReader in, int number) {
    return switch (number) {
      case 1 -> Mtls.DISABLED;
      case 2 -> Mtls.PERMISSIVE;
      case 3 -> Mtls.STRICT;
      default -> throw in.invalid("mtls", number + " is none of 1, 2, 3");
    };
  }
}
