package dev.ondine.control.policy;

import dev.ondine.model.AppProtocol;
import dev.ondine.model.Cluster.Balancing;
import dev.ondine.model.InboundSecurity;
import dev.ondine.model.InboundSecurity.Mtls;
import dev.ondine.model.Locality;
import dev.ondine.model.ServicePort;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Reads what documents of each kind say. */
final class DocumentKinds {
  private static final int MAX_PORT = 65_535;
  private static final long MAX_BODY = 1L << 40;
  private static final Duration MILLI = Duration.ofMillis(1);

  /** Stands for a name that is wrong, and told so, until the whole document was looked at. */
  private static final String FAULTY = "faulty";

  private static final Set<String> GROUPS = Set.of("", "mesh.ondine.dev");
  private static final Map<String, AppProtocol> PROTOCOLS = protocols();

  private static final Map<String, Mtls> MTLS = Words.of(Mtls.values());

  private DocumentKinds() {}

  /** The document; empty when a fault was found in it. */
  static Optional<Document> read(Kind kind, Section document, Faults faults) {
    var before = faults.count();
    var metadata = metadata(kind, document);
    var spec = document.section("spec").or(() -> emptySpec(kind, document, faults));
    if (spec.isEmpty()) {
      return Optional.empty();
    }
    var read = read(kind, metadata, spec.get(), faults, before);
    spec.get().end();
    return read;
  }

  private static Optional<Section> emptySpec(Kind kind, Section document, Faults faults) {
    return switch (kind) {
      case SERVICE, WORKLOAD, TRAFFIC_POLICY -> {
        document.required("spec", Optional.empty(), FAULTY);
        yield Optional.empty();
      }
      case DISCOVERY_POLICY, MESH_IDENTITY, MESH_SETTINGS ->
          Optional.of(new Section(faults, "spec", new Tree.Mapping(document.line(), List.of())));
    };
  }

  private static Optional<Document> read(
      Kind kind, Metadata metadata, Section spec, Faults faults, int before) {
    return switch (kind) {
      case SERVICE -> {
        var ports = ports(spec, faults);
        if (ports.isEmpty()) {
          spec.required("ports", Optional.empty(), FAULTY);
        }
        var visibleTo = spec.names("visibleTo");
        yield sound(faults, before, () -> new ServiceDocument(metadata, ports, visibleTo));
      }
      case WORKLOAD -> workload(metadata, spec, faults, before);
      case TRAFFIC_POLICY -> {
        var target = spec.section("targetRef").map(DocumentKinds::target);
        var service = spec.required("targetRef", target, FAULTY);
        var balancing = spec.choice("balancing", Words.of(Balancing.values()));
        var request = spec.duration("requestTimeout", Duration.ZERO);
        var connect = spec.duration("connectTimeout", MILLI);
        var body = spec.number("maxRequestBodyBytes", 0, MAX_BODY);
        yield sound(
            faults,
            before,
            () -> new TrafficPolicy(metadata, service, balancing, request, connect, body));
      }
      case DISCOVERY_POLICY -> {
        var service = spec.section("targetRef").map(DocumentKinds::target);
        var settings = discovery(spec);
        yield sound(faults, before, () -> new DiscoveryPolicy(metadata, service, settings));
      }
      case MESH_SETTINGS -> {
        var outside =
            spec.choice("outsideNames", Words.of(MeshSettings.OutsideNames.values()))
                .orElse(MeshSettings.DEFAULT.outsideNames());
        var mtls = spec.choice("mtls", MTLS).orElse(MeshSettings.DEFAULT.mtls());
        yield sound(faults, before, () -> new MeshSettings(metadata, outside, mtls));
      }
      case MESH_IDENTITY -> {
        var service = spec.section("targetRef").map(DocumentKinds::target);
        var mtls = spec.required("mtls", spec.choice("mtls", MTLS), Mtls.STRICT);
        var ports = mtlsOfPorts(spec);
        var probes = probes(spec);
        yield sound(
            faults,
            before,
            () -> new MeshIdentity(metadata, service, new InboundSecurity(mtls, ports, probes)));
      }
    };
  }

  private static Optional<Document> sound(Faults faults, int before, Supplier<Document> document) {
    return faults.count() > before ? Optional.empty() : Optional.of(document.get());
  }

  private static Metadata metadata(Kind kind, Section document) {
    var section = document.section("metadata");
    document.required("metadata", section, document);
    if (section.isEmpty()) {
      return new Metadata(FAULTY, "", Map.of());
    }
    var name = section.get().required("name", section.get().name("name"), FAULTY);
    if (kind == Kind.MESH_SETTINGS && !name.equals(MeshSettings.NAME) && !name.equals(FAULTY)) {
      var message = "'" + name + "': there is one such document, of a fixed name";
      section.get().refuse("name", message, MeshSettings.NAME);
    }
    var namespace =
        kind.namespaced() ? section.get().name("namespace").orElse(Metadata.DEFAULT_NAMESPACE) : "";
    var labels = section.get().texts("labels");
    section.get().end();
    return new Metadata(name, namespace, labels);
  }

  private static Optional<Document> workload(
      Metadata metadata, Section spec, Faults faults, int before) {
    var service = spec.required("service", spec.name("service"), FAULTY);
    var address = spec.required("address", spec.address("address"), FAULTY);
    var ports = ports(spec, faults);
    var sidecar = spec.truth("sidecar").orElse(false);
    var mtls = spec.truth("mtls").orElse(false);
    var account = spec.name("serviceAccount").orElse(service);
    var locality = new Locality(spec.text("region").orElse(""), spec.text("zone").orElse(""), "");
    var weight = spec.integer("weight", 1, 1_000_000).orElse(1);
    return sound(
        faults,
        before,
        () ->
            new WorkloadDocument(
                metadata, service, address, ports, sidecar, mtls, account, locality, weight));
  }

  private static String target(Section target) {
    target
        .text("group")
        .filter(group -> !GROUPS.contains(group))
        .ifPresent(
            group ->
                target.refuse("group", "'" + group + "' is not known", "mesh.ondine.dev, or \"\""));
    target.choice("kind", Map.of("Service", ""));
    var name = target.required("name", target.name("name"), FAULTY);
    target.end();
    return name;
  }

  private static List<ServicePort> ports(Section spec, Faults faults) {
    var ports = new ArrayList<ServicePort>();
    var seen = new HashSet<String>();
    for (var section : spec.sections("ports")) {
      var before = faults.count();
      var number = section.required("port", section.integer("port", 1, MAX_PORT), 1);
      var name = section.name("name").orElse("port-" + number);
      var target = section.integer("targetPort", 1, MAX_PORT).orElse(number);
      var protocol = section.choice("protocol", PROTOCOLS).orElse(AppProtocol.AUTO);
      section.end();
      if (faults.count() == before && !seen.add("#" + number)) {
        section.refuse("port", "port " + number + " is there twice", "");
      } else if (faults.count() == before && !seen.add(name)) {
        section.refuse("name", "the name '" + name + "' is there twice", "");
      }
      ports.add(new ServicePort(name, number, target, protocol));
    }
    return ports;
  }

  private static Map<Integer, Mtls> mtlsOfPorts(Section spec) {
    var ports = new HashMap<Integer, Mtls>();
    for (var section : spec.sections("ports")) {
      var port = section.required("port", section.integer("port", 1, MAX_PORT), 1);
      var mtls = section.required("mtls", section.choice("mtls", MTLS), Mtls.STRICT);
      section.end();
      if (ports.put(port, mtls) != null) {
        section.refuse("port", "port " + port + " is there twice", "");
      }
    }
    return ports;
  }

  private static Map<Integer, Set<String>> probes(Section spec) {
    var probes = new HashMap<Integer, Set<String>>();
    for (var section : spec.sections("probes")) {
      var port = section.required("port", section.integer("port", 1, MAX_PORT), 1);
      var path = section.required("path", section.text("path"), "/");
      section.end();
      if (!path.startsWith("/") || path.indexOf('?') >= 0 || path.indexOf('#') >= 0) {
        section.refuse("path", "'" + path + "' is no path", "/healthz: a path without a query");
      }
      probes.computeIfAbsent(port, _ -> new HashSet<>()).add(path);
    }
    return probes;
  }

  private static DiscoveryPolicy.Settings discovery(Section spec) {
    var d = DiscoveryPolicy.Settings.DEFAULT;
    return new DiscoveryPolicy.Settings(
        spec.duration("maxWait", MILLI).orElse(d.maxWait()),
        count(spec, "namesInFlight", d.namesInFlight()),
        count(spec, "demandBurst", d.demandBurst()),
        count(spec, "demandPerSecond", d.demandPerSecond()),
        count(spec, "heldRequestsPerName", d.heldRequestsPerName()),
        spec.number("heldBytes", 1, 1L << 40).orElse(d.heldBytes()),
        count(spec, "missingNames", d.missingNames()),
        spec.duration("missingFor", MILLI).orElse(d.missingFor()),
        spec.truth("revealDenied").orElse(d.revealDenied()),
        count(spec, "warmNames", d.warmNames()),
        spec.duration("idleAfter", MILLI).orElse(d.idleAfter()),
        spec.choice("onUnknown", Words.of(DiscoveryPolicy.OnUnknown.values()))
            .orElse(d.onUnknown()));
  }

  private static int count(Section spec, String name, int otherwise) {
    return spec.integer(name, 1, 10_000_000).orElse(otherwise);
  }

  private static Map<String, AppProtocol> protocols() {
    var words = new LinkedHashMap<String, AppProtocol>();
    for (var protocol : AppProtocol.values()) {
      words.put(protocol.text(), protocol);
    }
    return Collections.unmodifiableMap(words); // keeps the order for messages
  }
}
