package dev.ondine.control.translate;

import static dev.ondine.control.registry.TestWorld.port;

import dev.ondine.control.policy.Metadata;
import dev.ondine.control.policy.TrafficPolicy;
import dev.ondine.control.registry.ServiceKey;
import dev.ondine.control.registry.TestWorld;
import dev.ondine.control.registry.World;
import dev.ondine.model.AppProtocol;
import dev.ondine.model.Cluster.Balancing;
import dev.ondine.model.Locality;
import dev.ondine.model.ServicePort;
import dev.ondine.model.Workload;
import dev.ondine.testkit.Golden;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What each kind of name turns into; one golden file a case. */
class TranslateGoldenTest {
  private static final Optional<String> TRUST = Optional.of("mesh.local");
  private static final ServiceKey FRONT = new ServiceKey("shop", "front");

  /**
   * A case.
   *
   * @param asker whose sidecar asks
   */
  record Case(String file, World world, ServiceKey asker, List<String> names) {
    static Case of(String file, TestWorld world, String... names) {
      return new Case(file, world.build(), FRONT, List.of(names));
    }

    Case from(String namespace, String service) {
      return new Case(file, world, new ServiceKey(namespace, service), names);
    }

    @Override
    public String toString() {
      return file;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        Case.of("auto-port", orders(), "orders.shop.mesh"),
        Case.of(
            "two-endpoints", orders().workload("orders.shop", "orders-1", "10.0.0.2"), "orders"),
        Case.of("no-endpoints", shop(port(80, AppProtocol.HTTP)), "orders.shop.mesh"),
        Case.of("lame-duck", lameDuck(), "orders.shop.mesh"),
        Case.of("tcp-port", service(port(6379, AppProtocol.TCP)), "orders.shop.mesh:6379"),
        Case.of("tls-port", service(port(8443, AppProtocol.TLS)), "orders.shop.mesh:8443"),
        Case.of("grpc-port", service(port(9000, AppProtocol.GRPC)), "orders.shop.mesh:9000"),
        Case.of("http2-port", service(port(80, AppProtocol.HTTP2)), "orders.shop.mesh"),
        Case.of("target-port", targetPort(), "orders.shop.mesh"),
        Case.of(
            "multi-port",
            multiPort(),
            "orders.shop.mesh",
            "orders.shop.mesh:9090",
            "orders.shop.mesh:6379",
            "orders.shop.mesh:7"),
        Case.of("no-port-80", service(port(9000, AppProtocol.GRPC)), "orders.shop.mesh"),
        Case.of("port-added-in-roll-out", portAdded(), "orders.shop.mesh:9090"),
        Case.of("explicit-mode-ports", explicitMode(), "orders.shop.mesh", "orders.shop.mesh:9090"),
        Case.of("no-sidecar-zone-weight", foreignWorkload(), "orders.shop.mesh"),
        Case.of("mutual-tls", mutualTls(), "orders.shop.mesh", "orders-1.orders.shop.mesh"),
        Case.of("ipv6-endpoint", ipv6(), "orders.shop.mesh"),
        Case.of(
            "instance",
            orders().workload("orders.shop", "orders-1", "10.0.0.2"),
            "orders-1.orders.shop.mesh",
            "orders-1.orders.mesh",
            "orders-9.orders.shop.mesh"),
        Case.of("instance-of-tcp-port", multiPort(), "orders-0.orders.shop.mesh:6379"),
        // orders-0.orders: the service orders-0 of namespace orders wins over the instance.
        Case.of("service-before-instance", ambiguous(), "orders-0.orders.mesh"),
        Case.of("instance-in-own-namespace-only", orders(), "orders-0.orders.mesh")
            .from("billing", "front"),
        Case.of(
            "forms-of-a-name",
            orders(),
            "orders",
            "Orders",
            "orders:80",
            "orders.shop",
            "orders.shop:80",
            "orders.shop.mesh.",
            "ORDERS.shop.MESH"),
        Case.of("short-name-of-another-namespace", orders(), "orders").from("billing", "front"),
        Case.of("virtual-ip", multiPort(), "240.240.0.1:80", "240.240.0.1:6379"),
        Case.of("virtual-ip-unknown", orders(), "240.240.9.9:80", "240.240.0.1:81"),
        Case.of("virtual-ip-of-a-gone-service", orders().without("orders.shop"), "240.240.0.1:80"),
        Case.of(
            "server-name",
            service(port(8443, AppProtocol.TLS), port(9090, AppProtocol.HTTP)),
            "sni/orders.shop.mesh:8443",
            "sni/orders-0.orders.shop.mesh:8443",
            "sni/orders.shop.mesh:9090"),
        Case.of(
            "server-name-of-nothing",
            service(port(8443, AppProtocol.TLS)),
            "sni/orders.shop.mesh:80",
            "sni/orders.shop.mesh",
            "sni/payment.shop.mesh:8443",
            "sni/www.example.com:8443",
            "sni/:8443",
            "sni/orders.shop.mesh:8443:8443"),
        Case.of("unknown-service", orders(), "payment.shop.mesh", "example.com"),
        Case.of(
            "no-names",
            orders(),
            "",
            ".",
            "*",
            "sni/orders.shop.mesh",
            "10.0.0.1:80",
            "[::1]:80",
            "orders:0",
            "orders:99999",
            "a.b.c.d.mesh",
            "or ders",
            "x".repeat(300)),
        Case.of("traffic-policy", policy(), "orders.shop.mesh"),
        Case.of(
                "hidden",
                hidden(),
                "orders.shop.mesh",
                "orders-0.orders.shop.mesh",
                "240.240.0.1:80")
            .from("billing", "front"),
        Case.of("hidden-but-allowed", hidden(), "orders.shop.mesh").from("audit", "front"),
        Case.of("hidden-and-concealed", hidden().concealDenied("billing"), "orders.shop.mesh")
            .from("billing", "front"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void translates(Case c) {
    var answers = new LinkedHashMap<String, Object>();
    var resolver = new NameResolver(c.world(), c.asker());
    c.names().forEach(name -> answers.put(name, answer(resolver.resolve(name))));
    Golden.check("translate/" + c.file() + ".yaml", RecordYaml.write(answers));
  }

  private static Object answer(Resolution resolution) {
    return switch (resolution) {
      case Resolution.Found found -> {
        var parts = new LinkedHashMap<String, Object>();
        parts.put("name", found.name());
        found.alias().ifPresent(alias -> parts.put("alias", alias));
        parts.put("dependencies", found.dependencies());
        parts.put("listener", ListenerTranslator.translate(found));
        parts.put("routes", RouteTranslator.translate(found));
        parts.put("cluster", ClusterTranslator.translate(found, TRUST));
        parts.put("endpoints", EndpointsTranslator.translate(found, TRUST));
        yield parts;
      }
      case Resolution.NotFound notFound -> notFound;
      case Resolution.Denied denied -> denied;
    };
  }

  private static TestWorld shop(ServicePort... ports) {
    return new TestWorld().service("orders.shop", ports);
  }

  private static TestWorld service(ServicePort... ports) {
    return shop(ports).workload("orders.shop", "orders-0", "10.0.0.1");
  }

  private static TestWorld orders() {
    return service(port(80, AppProtocol.AUTO));
  }

  private static TestWorld lameDuck() {
    return orders()
        .workload("orders.shop", "orders-1", "10.0.0.2")
        .state("orders.shop", "orders-0", Workload.State.LAME_DUCK);
  }

  private static TestWorld multiPort() {
    return service(
        port(80, AppProtocol.HTTP), port(9090, AppProtocol.GRPC), port(6379, AppProtocol.TCP));
  }

  private static TestWorld targetPort() {
    return service(new ServicePort("web", 80, 8080, AppProtocol.HTTP));
  }

  private static TestWorld portAdded() {
    return shop(port(80, AppProtocol.HTTP), port(9090, AppProtocol.GRPC))
        .workload("orders.shop", "orders-0", "10.0.0.1")
        .workload(workload("orders-1", "10.0.0.2", Map.of("port-80", 80), true));
  }

  /** Redirection is not possible: workloads are reached at their sidecar's own ports. */
  private static TestWorld explicitMode() {
    return shop(port(80, AppProtocol.HTTP), port(9090, AppProtocol.GRPC))
        .workload(
            workload("orders-0", "10.0.0.1", Map.of("port-80", 15006, "port-9090", 15106), true));
  }

  private static TestWorld foreignWorkload() {
    return shop(port(80, AppProtocol.HTTP))
        .workload(
            new Workload(
                "orders-0",
                "shop",
                "orders",
                "10.0.0.9",
                Map.of("port-80", 80),
                false,
                false,
                Workload.State.READY,
                "orders",
                new Locality("", "b", ""),
                3,
                Map.of("version", "2")));
  }

  /** Two accounts, and one instance that has no certificate yet. */
  private static TestWorld mutualTls() {
    var bare = workload("orders-2", "10.0.0.3", Map.of("port-80", 80), true);
    return shop(port(80, AppProtocol.HTTP))
        .workload(withIdentity("orders-0", "10.0.0.1", "orders"))
        .workload(withIdentity("orders-1", "10.0.0.2", "orders-canary"))
        .workload(bare);
  }

  private static Workload withIdentity(String name, String address, String account) {
    return new Workload(
        name,
        "shop",
        "orders",
        address,
        Map.of("port-80", 80),
        true,
        true,
        Workload.State.READY,
        account,
        Locality.UNKNOWN,
        1,
        Map.of());
  }

  private static TestWorld ipv6() {
    return shop(port(80, AppProtocol.HTTP))
        .workload(workload("orders-0", "fd00::5", Map.of("port-80", 80), true));
  }

  private static TestWorld ambiguous() {
    return orders().service("orders-0.orders", port(80, AppProtocol.HTTP));
  }

  private static TestWorld policy() {
    return orders()
        .trafficPolicy(
            new TrafficPolicy(
                new Metadata("orders", "shop", Map.of()),
                "orders",
                Optional.of(Balancing.ROUND_ROBIN),
                Optional.of(Duration.ofSeconds(3)),
                Optional.of(Duration.ofMillis(250)),
                Optional.of(1_048_576L)));
  }

  private static TestWorld hidden() {
    return orders().visibleTo("orders.shop", "audit");
  }

  private static Workload workload(
      String name, String address, Map<String, Integer> ports, boolean sidecar) {
    return new Workload(
        name,
        "shop",
        "orders",
        address,
        ports,
        sidecar,
        false,
        Workload.State.READY,
        "orders",
        Locality.UNKNOWN,
        1,
        Map.of());
  }
}
