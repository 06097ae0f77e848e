package dev.ondine.control.push;

import com.google.protobuf.Any;
import dev.ondine.control.registry.ServiceKey;
import dev.ondine.control.registry.ServiceView;
import dev.ondine.control.registry.World;
import dev.ondine.control.translate.NameResolver;
import dev.ondine.control.translate.Resolution;
import dev.ondine.xds.codec.MeshTls;
import dev.ondine.xds.codec.Node;
import dev.ondine.xds.codec.ResourceType;
import dev.ondine.xds.codec.encode.Encoder;
import dev.ondine.xds.server.Answer;
import dev.ondine.xds.server.EncodedResource;
import dev.ondine.xds.server.ResourceSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Answers what streams look up, from the newest world. */
public final class WorldSource implements ResourceSource {
  private final Supplier<World> world;
  private final TrustSource trust;
  private final Optional<String> trustDomain;
  private final EncodedResources encoded;

  /**
   * @param world the newest published world; does not block
   * @param trustDomain of the mesh; empty where nobody has an identity
   */
  public WorldSource(Supplier<World> world, TrustSource trust, Optional<String> trustDomain) {
    this.world = world;
    this.trust = trust;
    this.trustDomain = trustDomain;
    this.encoded = new EncodedResources(trustDomain);
  }

  @Override
  public Answer lookup(Node node, ResourceType type, String name) {
    return switch (type) {
      case SECRET -> secret(name);
      case INBOUND -> inbound(node, name);
      case CLUSTER, ENDPOINTS, LISTENER, ROUTES -> ofService(node, type, name);
    };
  }

  private Answer ofService(Node node, ResourceType type, String name) {
    return switch (new NameResolver(world.get(), asker(node)).resolve(name)) {
      case Resolution.Found found ->
          new Answer.Found(encoded.get(type, found, !isGrpc(node)), found.dependencies());
      case Resolution.NotFound(var dependencies) -> new Answer.NotFound(dependencies);
      case Resolution.Denied(var reason, var dependencies) ->
          new Answer.Denied(reason, dependencies);
    };
  }

  private Answer secret(String name) {
    var bundles = trust.bundles();
    var body =
        switch (name) {
          case MeshTls.BUNDLES ->
              Optional.of(bundles)
                  .filter(known -> !known.byDomain().isEmpty())
                  .map(Encoder::encode);
          case MeshTls.ROOTS -> trustDomain.flatMap(bundles::of).map(Encoder::encode);
          default -> Optional.<Any>empty();
        };
    var dependencies = Set.of(TrustSource.DEPENDENCY);
    return body.<Answer>map(
            secret -> new Answer.Found(EncodedResource.of(name, List.of(), secret), dependencies))
        .orElseGet(() -> new Answer.NotFound(dependencies));
  }

  /** A node's own; without identities nothing could be demanded. */
  private Answer inbound(Node node, String name) {
    var dependencies = Set.of(World.identityDependency(node.namespace()), World.MESH_SETTINGS);
    if (!name.equals(MeshTls.INBOUND) || trustDomain.isEmpty()) {
      return new Answer.NotFound(dependencies);
    }
    var security = world.get().inboundSecurity(asker(node));
    return new Answer.Found(
        EncodedResource.of(name, List.of(), Encoder.encode(security)), dependencies);
  }

  /**
   * Every service port is a cluster. Listeners are none: a foreign Envoy's own are its user's
   * business, and a name's API listener is asked for by name.
   */
  @Override
  public Set<String> all(Node node, ResourceType type) {
    return switch (type) {
      case CLUSTER ->
          world.get().services().stream()
              .filter(view -> view.isVisibleTo(node.namespace()))
              .flatMap(WorldSource::names)
              .collect(Collectors.toSet());
      case LISTENER, ENDPOINTS, ROUTES, SECRET, INBOUND -> Set.of();
    };
  }

  private static Stream<String> names(ServiceView view) {
    var host = view.service().host();
    return view.service().ports().stream()
        .map(port -> port.port() == 80 ? host : host + ":" + port.port());
  }

  /** gRPC's own clients refuse a cluster whose endpoints choose their transport. */
  private static boolean isGrpc(Node node) {
    return node.userAgent().startsWith("gRPC");
  }

  private static ServiceKey asker(Node node) {
    return new ServiceKey(node.namespace(), node.cluster());
  }
}
