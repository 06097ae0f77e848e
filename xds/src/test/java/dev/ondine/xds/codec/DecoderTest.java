package dev.ondine.xds.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import dev.ondine.model.AppProtocol;
import dev.ondine.model.Endpoint.Health;
import dev.ondine.model.HeaderMatch;
import dev.ondine.model.InvalidResourceException;
import dev.ondine.model.Listener.Traffic;
import dev.ondine.model.Locality;
import dev.ondine.model.PathMatch;
import dev.ondine.model.RouteAction;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.EdsClusterConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.LbPolicy;
import io.envoyproxy.envoy.config.cluster.v3.LoadBalancingPolicy;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.HealthStatus;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.listener.v3.ApiListener;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import io.envoyproxy.envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest;
import io.envoyproxy.envoy.extensions.load_balancing_policies.ring_hash.v3.RingHash;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Messages as other control planes make them. */
class DecoderTest {
  // ---- clusters ----

  @Test
  void clusterOfAnotherControlPlane() {
    var cluster =
        Decoder.cluster(
            edsCluster()
                .setConnectTimeout(Duration.newBuilder().setNanos(250_000_000))
                .setEdsClusterConfig(EdsClusterConfig.newBuilder().setServiceName("eds-name"))
                .setMetadata(
                    Metadata.newBuilder().putFilterMetadata("istio", Struct.getDefaultInstance()))
                .build()
                .toByteString());

    assertThat(cluster.name()).isEqualTo("orders");
    assertThat(cluster.endpointsName()).isEqualTo("eds-name");
    assertThat(cluster.connectTimeout()).hasMillis(250);
    assertThat(cluster.balancing()).isEqualTo(dev.ondine.model.Cluster.Balancing.ROUND_ROBIN);
    assertThat(cluster.upstreamProtocol()).isEqualTo(AppProtocol.AUTO);
  }

  @Test
  void explicitHttp2() {
    var options =
        HttpProtocolOptions.newBuilder()
            .setExplicitHttpConfig(
                HttpProtocolOptions.ExplicitHttpConfig.newBuilder()
                    .setHttp2ProtocolOptions(Http2ProtocolOptions.getDefaultInstance()))
            .build();
    var cluster =
        Decoder.cluster(
            edsCluster()
                .putTypedExtensionProtocolOptions("other", Any.pack(UInt32Value.of(1)))
                .putTypedExtensionProtocolOptions(
                    "envoy.extensions.upstreams.http.v3.HttpProtocolOptions", Any.pack(options))
                .build()
                .toByteString());

    assertThat(cluster.upstreamProtocol()).isEqualTo(AppProtocol.HTTP2);
  }

  @Test
  void theFirstKnownBalancingPolicyCounts() {
    var cluster =
        Decoder.cluster(
            edsCluster()
                .setLbPolicy(LbPolicy.LOAD_BALANCING_POLICY_CONFIG)
                .setLoadBalancingPolicy(
                    LoadBalancingPolicy.newBuilder()
                        .addPolicies(policy(RingHash.getDefaultInstance()))
                        .addPolicies(policy(LeastRequest.getDefaultInstance())))
                .build()
                .toByteString());

    assertThat(cluster.balancing()).isEqualTo(dev.ondine.model.Cluster.Balancing.LEAST_REQUEST);
  }

  @Test
  void whatAClusterCannotBeIsRefusedWithItsField() {
    refused("type", () -> Cluster.newBuilder().setName("orders").build());
    refused("lb_policy", () -> edsCluster().setLbPolicy(LbPolicy.MAGLEV).build());
    refused("name", () -> edsCluster().setName("").build());
    refused(
        "connect_timeout.seconds",
        () -> edsCluster().setConnectTimeout(Duration.newBuilder().setSeconds(-1)).build());
    refused(
        "load_balancing_policy.policies",
        () ->
            edsCluster()
                .setLoadBalancingPolicy(
                    LoadBalancingPolicy.newBuilder()
                        .addPolicies(policy(RingHash.getDefaultInstance())))
                .build());
    refused(
        "transport_socket.typed_config",
        () ->
            edsCluster()
                .setTransportSocket(
                    TransportSocket.newBuilder()
                        .setTypedConfig(Any.pack(UpstreamTlsContext.getDefaultInstance())))
                .build());
  }

  // ---- endpoints ----

  @Test
  void endpointsOfAnotherControlPlane() {
    var assignment = ClusterLoadAssignment.newBuilder().setClusterName("orders");
    assignment
        .addEndpointsBuilder()
        .setLocality(
            io.envoyproxy.envoy.config.core.v3.Locality.newBuilder().setRegion("eu").setZone("a"))
        .addLbEndpoints(endpoint(8080))
        .addLbEndpoints(
            endpoint(8081)
                .setHealthStatus(HealthStatus.DRAINING)
                .setLoadBalancingWeight(UInt32Value.of(7)))
        .addLbEndpoints(endpoint(8082).setHealthStatus(HealthStatus.TIMEOUT))
        .addLbEndpoints(endpoint(8083).setHealthStatus(HealthStatus.DEGRADED));

    var endpoints = Decoder.endpoints(assignment.build().toByteString()).endpoints();

    assertThat(endpoints)
        .extracting(dev.ondine.model.Endpoint::health)
        .containsExactly(Health.HEALTHY, Health.DRAINING, Health.UNHEALTHY, Health.DRAINING);
    assertThat(endpoints.get(1).weight()).isEqualTo(7);
    assertThat(endpoints.get(1).locality()).isEqualTo(new Locality("eu", "a", ""));
    assertThat(endpoints.get(1).sidecar()).isFalse();
  }

  @Test
  void noEndpointsAreKnowledgeToo() {
    var assignment = ClusterLoadAssignment.newBuilder().setClusterName("orders").build();

    assertThat(Decoder.endpoints(assignment.toByteString()).endpoints()).isEmpty();
  }

  @Test
  void aLowerPriorityServesOnlyWhenNothingHigherIsHealthy() {
    var assignment = ClusterLoadAssignment.newBuilder().setClusterName("orders");
    assignment.addEndpointsBuilder().setPriority(1).addLbEndpoints(endpoint(9001));
    var first = assignment.addEndpointsBuilder().addLbEndpoints(endpoint(9000));

    assertThat(Decoder.endpoints(assignment.build().toByteString()).endpoints())
        .extracting(dev.ondine.model.Endpoint::port)
        .containsExactly(9000);
    first.setLbEndpoints(0, endpoint(9000).setHealthStatus(HealthStatus.UNHEALTHY));
    assertThat(Decoder.endpoints(assignment.build().toByteString()).endpoints())
        .extracting(dev.ondine.model.Endpoint::port)
        .containsExactly(9001);
  }

  @Test
  void aBadEndpointIsRefusedWithItsPlace() {
    var assignment = ClusterLoadAssignment.newBuilder().setClusterName("orders");
    assignment.addEndpointsBuilder().addLbEndpoints(endpoint(1)).addLbEndpoints(endpoint(70_000));

    assertThatExceptionOfType(InvalidResourceException.class)
        .isThrownBy(() -> Decoder.endpoints(assignment.build().toByteString()))
        .withMessage("endpoints[0].lb_endpoints[1]: endpoint.port: 70000 is no port: 1 to 65535");
  }

  // ---- listeners ----

  @Test
  void apiListenerWithRds() {
    var listener =
        Decoder.listener(
            api(HttpConnectionManager.newBuilder()
                    .setRds(Rds.newBuilder().setRouteConfigName("table"))
                    .build())
                .toByteString());

    assertThat(listener.traffic()).isEqualTo(new Traffic.Http("table"));
    assertThat(listener.service()).isEmpty();
  }

  @Test
  void apiListenerWithItsOwnRoutes() {
    var listener =
        Decoder.listener(
            api(HttpConnectionManager.newBuilder().setRouteConfig(table(_ -> {})).build())
                .toByteString());

    assertThat(listener.traffic())
        .isInstanceOfSatisfying(
            Traffic.HttpInline.class,
            inline -> assertThat(inline.routes().clusters()).containsExactly("orders"));
  }

  @Test
  void filterChainWithTcpProxyAfterAnotherFilter() {
    var listener =
        Listener.newBuilder()
            .setName("redis")
            .addFilterChains(
                FilterChain.newBuilder()
                    .addFilters(Filter.newBuilder().setTypedConfig(Any.pack(UInt32Value.of(1))))
                    .addFilters(
                        Filter.newBuilder()
                            .setTypedConfig(
                                Any.pack(TcpProxy.newBuilder().setCluster("redis").build()))))
            .build();

    assertThat(Decoder.listener(listener.toByteString()).traffic())
        .isEqualTo(new Traffic.Tcp("redis"));
  }

  @Test
  void whatAListenerCannotBeIsRefusedWithItsField() {
    refusedListener("api_listener", Listener.newBuilder().setName("x").build());
    refusedListener("api_listener.api_listener", api(UInt32Value.of(1)));
    refusedListener(
        "api_listener.api_listener.rds", api(HttpConnectionManager.getDefaultInstance()));
    refusedListener(
        "api_listener.api_listener.route_config.virtual_hosts[0].routes[0].match",
        api(
            HttpConnectionManager.newBuilder()
                .setRouteConfig(table(Route.Builder::clearMatch))
                .build()));
    refusedListener(
        "metadata.port",
        api(
                HttpConnectionManager.newBuilder()
                    .setRds(Rds.newBuilder().setRouteConfigName("table"))
                    .build())
            .toBuilder()
            .setMetadata(
                Metadata.newBuilder()
                    .putFilterMetadata(
                        OndineMetadata.KEY,
                        Struct.newBuilder()
                            .putFields("service", Value.newBuilder().setStringValue("x").build())
                            .build()))
            .build());
  }

  // ---- routes ----

  @Test
  void pathMatches() {
    assertThat(match(m -> m.setPrefix("/a")).path()).isEqualTo(new PathMatch.Prefix("/a"));
    assertThat(match(m -> m.setPath("/a")).path()).isEqualTo(new PathMatch.Exact("/a"));
    assertThat(match(m -> m.setPathSeparatedPrefix("/a")).path())
        .isEqualTo(new PathMatch.SegmentPrefix("/a"));
    assertThat(match(m -> m.setSafeRegex(RegexMatcher.newBuilder().setRegex("/a.*"))).path())
        .isEqualTo(new PathMatch.Regex("/a.*"));
  }

  @Test
  @SuppressWarnings("deprecation") // older control planes still send exact_match
  void headerMatches() {
    var match =
        match(
            m ->
                m.setPrefix("/")
                    .addHeaders(HeaderMatcher.newBuilder().setName(":method").setExactMatch("GET"))
                    .addHeaders(
                        HeaderMatcher.newBuilder()
                            .setName("X-User")
                            .setStringMatch(StringMatcher.newBuilder().setExact("me")))
                    .addHeaders(HeaderMatcher.newBuilder().setName("a").setPresentMatch(true))
                    .addHeaders(HeaderMatcher.newBuilder().setName("b").setPresentMatch(false))
                    .addHeaders(
                        HeaderMatcher.newBuilder()
                            .setName("c")
                            .setPresentMatch(true)
                            .setInvertMatch(true)));

    assertThat(match.method()).hasValue("GET");
    assertThat(match.headers())
        .containsExactly(
            new HeaderMatch.Exact("x-user", "me"),
            new HeaderMatch.Present("a", true),
            new HeaderMatch.Present("b", false),
            new HeaderMatch.Present("c", false));
  }

  @Test
  void aConditionThatWeDoNotUnderstandIsNotIgnored() {
    refusedRoute(
        "match.query_parameters",
        r ->
            r.getMatchBuilder()
                .addQueryParameters(QueryParameterMatcher.newBuilder().setName("v")));
    refusedRoute(
        "match.headers[0].string_match.exact",
        r ->
            r.getMatchBuilder()
                .addHeaders(
                    HeaderMatcher.newBuilder()
                        .setName("x")
                        .setStringMatch(StringMatcher.newBuilder().setPrefix("p"))));
    refusedRoute(
        "match.case_sensitive", r -> r.getMatchBuilder().setCaseSensitive(BoolValue.of(false)));
    refusedRoute("route.prefix_rewrite", r -> r.getRouteBuilder().setPrefixRewrite("/b"));
    refusedRoute("route.cluster_header", r -> r.getRouteBuilder().setClusterHeader("x-to"));
  }

  @Test
  void caseSensitiveIsUnderstood() {
    assertThat(match(m -> m.setPath("/a").setCaseSensitive(BoolValue.of(true))).path())
        .isEqualTo(new PathMatch.Exact("/a"));
  }

  @Test
  void actions() {
    assertThat(
            action(
                r ->
                    r.getRouteBuilder()
                        .setWeightedClusters(
                            WeightedCluster.newBuilder()
                                .addClusters(share("a", 90))
                                .addClusters(share("b", 10)))))
        .isEqualTo(
            new RouteAction.Split(
                java.util.List.of(
                    new RouteAction.WeightedCluster("a", 90),
                    new RouteAction.WeightedCluster("b", 10))));
    assertThat(action(r -> r.setRedirect(RedirectAction.newBuilder().setPathRedirect("/b"))))
        .isEqualTo(
            new RouteAction.Redirect(301, java.util.Optional.empty(), java.util.Optional.of("/b")));
    assertThat(
            action(
                r ->
                    r.setDirectResponse(
                        DirectResponseAction.newBuilder()
                            .setStatus(418)
                            .setBody(DataSource.newBuilder().setInlineString("tea")))))
        .isEqualTo(new RouteAction.DirectResponse(418, "tea"));
  }

  @Test
  void timeouts() {
    assertThat(route(_ -> {}).timeout()).isEmpty();
    assertThat(route(r -> r.getRouteBuilder().setTimeout(Duration.getDefaultInstance())).timeout())
        .hasValue(java.time.Duration.ZERO);
    assertThat(
            route(r -> r.getRouteBuilder().setTimeout(Duration.newBuilder().setSeconds(3)))
                .timeout())
        .hasValue(java.time.Duration.ofSeconds(3));
  }

  @Test
  void domainsAreLowerCase() {
    var routes =
        RouteConfiguration.newBuilder()
            .setName("table")
            .addVirtualHosts(VirtualHost.newBuilder().setName("v").addDomains("Orders.SHOP"))
            .build();

    assertThat(Decoder.routes(routes.toByteString()).virtualHosts().getFirst().domains())
        .containsExactly("orders.shop");
  }

  // ---- shorthand ----

  private static Cluster.Builder edsCluster() {
    return Cluster.newBuilder().setName("orders").setType(DiscoveryType.EDS);
  }

  private static LoadBalancingPolicy.Policy policy(Message config) {
    return LoadBalancingPolicy.Policy.newBuilder()
        .setTypedExtensionConfig(
            TypedExtensionConfig.newBuilder().setName("x").setTypedConfig(Any.pack(config)))
        .build();
  }

  private static LbEndpoint.Builder endpoint(int port) {
    return LbEndpoint.newBuilder()
        .setEndpoint(
            io.envoyproxy.envoy.config.endpoint.v3.Endpoint.newBuilder()
                .setAddress(
                    Address.newBuilder()
                        .setSocketAddress(
                            SocketAddress.newBuilder().setAddress("10.0.0.1").setPortValue(port))));
  }

  private static Listener api(Message config) {
    return Listener.newBuilder()
        .setName("orders")
        .setApiListener(ApiListener.newBuilder().setApiListener(Any.pack(config)))
        .build();
  }

  private static WeightedCluster.ClusterWeight share(String name, int weight) {
    return WeightedCluster.ClusterWeight.newBuilder()
        .setName(name)
        .setWeight(UInt32Value.of(weight))
        .build();
  }

  private static RouteConfiguration table(Consumer<Route.Builder> change) {
    var table = RouteConfiguration.newBuilder().setName("table");
    var route = table.addVirtualHostsBuilder().setName("v").addDomains("*").addRoutesBuilder();
    route.getMatchBuilder().setPrefix("/");
    route.getRouteBuilder().setCluster("orders");
    change.accept(route);
    return table.build();
  }

  private static dev.ondine.model.Route route(Consumer<Route.Builder> change) {
    return Decoder.routes(table(change).toByteString())
        .virtualHosts()
        .getFirst()
        .routes()
        .getFirst();
  }

  private static RouteAction action(Consumer<Route.Builder> change) {
    return route(change).action();
  }

  private static dev.ondine.model.RouteMatch match(Consumer<RouteMatch.Builder> change) {
    return route(
            r -> {
              var match = RouteMatch.newBuilder();
              change.accept(match);
              r.setMatch(match);
            })
        .match();
  }

  private static void refused(String path, java.util.function.Supplier<Cluster> cluster) {
    assertThatExceptionOfType(InvalidResourceException.class)
        .isThrownBy(() -> Decoder.cluster(cluster.get().toByteString()))
        .withMessageContaining(path);
  }

  private static void refusedListener(String path, Listener listener) {
    assertThatExceptionOfType(InvalidResourceException.class)
        .isThrownBy(() -> Decoder.listener(listener.toByteString()))
        .satisfies(e -> assertThat(e.path()).isEqualTo(path));
  }

  private static void refusedRoute(String field, Consumer<Route.Builder> change) {
    assertThatExceptionOfType(InvalidResourceException.class)
        .isThrownBy(() -> Decoder.routes(table(change).toByteString()))
        .satisfies(e -> assertThat(e.path()).isEqualTo("virtual_hosts[0].routes[0]." + field));
  }
}
