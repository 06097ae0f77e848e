package dev.ondine.xds.codec;

import dev.ondine.model.AppProtocol;
import dev.ondine.model.Cluster;
import dev.ondine.model.ClusterEndpoints;
import dev.ondine.model.Endpoint;
import dev.ondine.model.HeaderMatch;
import dev.ondine.model.Identity;
import dev.ondine.model.InboundSecurity;
import dev.ondine.model.Listener;
import dev.ondine.model.Listener.ServiceInfo;
import dev.ondine.model.Listener.Traffic;
import dev.ondine.model.Locality;
import dev.ondine.model.PathMatch;
import dev.ondine.model.Route;
import dev.ondine.model.RouteAction;
import dev.ondine.model.RouteConfiguration;
import dev.ondine.model.RouteMatch;
import dev.ondine.model.TrustBundle;
import dev.ondine.model.TrustBundles;
import dev.ondine.model.VirtualHost;
import dev.ondine.testkit.tls.TestCertificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Valid records of every shape that the model allows, from a seeded generator. */
final class RandomRecords {
  /** They take time to make, and any will do. */
  private static final List<X509Certificate> ROOTS =
      List.of(
          TestCertificate.ec().chain().getFirst(),
          TestCertificate.ec().chain().getFirst(),
          TestCertificate.rsa().chain().getFirst());

  private final RandomGenerator random;

  RandomRecords(RandomGenerator random) {
    this.random = random;
  }

  Listener listener() {
    return new Listener(
        name(),
        switch (random.nextInt(3)) {
          case 0 -> new Traffic.Http(name());
          case 1 -> new Traffic.HttpInline(routes());
          default -> new Traffic.Tcp(name());
        },
        maybe(
            () ->
                new ServiceInfo(
                    label(),
                    label(),
                    1 + random.nextInt(65_535),
                    protocol(),
                    maybe(() -> "240.240.0." + random.nextInt(256)))));
  }

  RouteConfiguration routes() {
    return new RouteConfiguration(name(), several(0, this::virtualHost));
  }

  Cluster cluster() {
    return new Cluster(
        name(),
        name(),
        any(Cluster.Balancing.values()),
        Duration.ofNanos(1 + random.nextLong(Duration.ofHours(1).toNanos())),
        protocol(),
        Set.copyOf(several(0, () -> new Identity("mesh.local", label(), label()))));
  }

  InboundSecurity inboundSecurity() {
    var ports = new HashMap<Integer, InboundSecurity.Mtls>();
    several(0, () -> 1 + random.nextInt(65_535))
        .forEach(port -> ports.put(port, any(InboundSecurity.Mtls.values())));
    var probes = new HashMap<Integer, Set<String>>();
    several(0, () -> 1 + random.nextInt(65_535))
        .forEach(port -> probes.put(port, Set.copyOf(several(1, () -> "/" + label()))));
    return new InboundSecurity(any(InboundSecurity.Mtls.values()), ports, probes);
  }

  TrustBundles trustBundles() {
    var bundles = new HashMap<String, TrustBundle>();
    for (var domain : several(1, this::label)) {
      bundles.put(
          domain, new TrustBundle(domain, List.copyOf(Set.copyOf(several(1, this::root))), 0));
    }
    return new TrustBundles(bundles);
  }

  private X509Certificate root() {
    return ROOTS.get(random.nextInt(ROOTS.size()));
  }

  ClusterEndpoints endpoints() {
    return new ClusterEndpoints(name(), several(0, this::endpoint));
  }

  private Endpoint endpoint() {
    return new Endpoint(
        random.nextBoolean() ? "10.1.2." + random.nextInt(256) : "fd00::" + (1 + random.nextInt(9)),
        1 + random.nextInt(65_535),
        random.nextBoolean() ? label() : "",
        random.nextBoolean(),
        random.nextBoolean(),
        any(Endpoint.Health.values()),
        1 + random.nextInt(1_000),
        random.nextInt(3) == 0
            ? Locality.UNKNOWN
            : new Locality("eu", "eu-" + random.nextInt(3), random.nextBoolean() ? "rack" : ""));
  }

  private VirtualHost virtualHost() {
    return new VirtualHost(name(), several(1, this::name), several(0, this::route));
  }

  private Route route() {
    var action = action();
    var forwards = action instanceof RouteAction.Forward || action instanceof RouteAction.Split;
    return new Route(
        random.nextBoolean() ? name() : "",
        new RouteMatch(path(), maybe(() -> any("GET", "POST", "DELETE")), several(0, this::header)),
        action,
        forwards ? maybe(() -> Duration.ofMillis(random.nextInt(60_000))) : Optional.empty(),
        maybe(() -> random.nextLong(1L << 40)));
  }

  private RouteAction action() {
    return switch (random.nextInt(4)) {
      case 0 -> new RouteAction.Forward(name());
      case 1 ->
          new RouteAction.Split(
              several(1, () -> new RouteAction.WeightedCluster(name(), 1 + random.nextInt(100))));
      case 2 ->
          new RouteAction.Redirect(
              any(301, 302, 303, 307, 308), maybe(this::name), maybe(this::text));
      default -> new RouteAction.DirectResponse(200 + random.nextInt(400), text());
    };
  }

  private PathMatch path() {
    return switch (random.nextInt(4)) {
      case 0 -> new PathMatch.Exact(text());
      case 1 -> new PathMatch.Prefix(text());
      case 2 -> new PathMatch.SegmentPrefix(text());
      default -> new PathMatch.Regex(text());
    };
  }

  private HeaderMatch header() {
    return random.nextBoolean()
        ? new HeaderMatch.Exact("x-" + label(), text())
        : new HeaderMatch.Present("x-" + label(), random.nextBoolean());
  }

  private AppProtocol protocol() {
    return any(AppProtocol.values());
  }

  private String name() {
    return label() + "." + label() + ".mesh";
  }

  private String text() {
    return "/" + label() + any("", "é", "→", "😀", " ");
  }

  private String label() {
    return "s" + Integer.toString(random.nextInt(10_000), 36);
  }

  private <T> Optional<T> maybe(Supplier<T> value) {
    return random.nextBoolean() ? Optional.of(value.get()) : Optional.empty();
  }

  private <T> List<T> several(int least, Supplier<T> value) {
    return Stream.generate(value).limit(least + random.nextInt(4)).toList();
  }

  @SafeVarargs
  private <T> T any(T... values) {
    return values[random.nextInt(values.length)];
  }
}
