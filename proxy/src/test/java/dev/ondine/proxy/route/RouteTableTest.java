package dev.ondine.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ondine.model.HeaderMatch;
import dev.ondine.model.InvalidResourceException;
import dev.ondine.model.PathMatch;
import dev.ondine.model.Route;
import dev.ondine.model.RouteAction;
import dev.ondine.model.RouteConfiguration;
import dev.ondine.model.RouteMatch;
import dev.ondine.model.VirtualHost;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpVersion;
import dev.ondine.proxy.http.RequestHead;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTableTest {
  private static final PathMatch ANY = new PathMatch.Prefix("/");

  @ParameterizedTest
  @CsvSource({
    "orders, exact",
    "ORDERS:8080, exact",
    "a.shop.example, long-suffix",
    "a.example, suffix",
    "shop.anything, prefix",
    "elsewhere, any",
    "[::1]:80, any",
  })
  void theMostSpecificDomainWins(String authority, String expected) {
    var table =
        table(
            host("any", "*"),
            host("suffix", "*.example"),
            host("long-suffix", "*.shop.example"),
            host("prefix", "shop.*"),
            host("exact", "orders"));
    assertThat(find(table, request(authority, "/"))).isEqualTo(expected);
  }

  @Test
  void authorityWithPortIsTriedFirst() {
    var table = table(host("plain", "orders"), host("port", "orders:8080"));
    assertThat(find(table, request("orders:8080", "/"))).isEqualTo("port");
    assertThat(find(table, request("orders:81", "/"))).isEqualTo("plain");
  }

  @Test
  void noHostNoRoute() {
    assertThat(find(table(host("h", "orders")), request("cache", "/"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/a, exact",
    "/a?x=1, exact",
    "/a/b, segments",
    "/ab, prefix",
    "/x42, regex",
    "/x42/y, rest",
    "/, rest"
  })
  void theFirstMatchingPathWins(String path, String expected) {
    var table =
        table(
            new VirtualHost(
                "h",
                List.of("*"),
                List.of(
                    route("exact", new PathMatch.Exact("/a")),
                    route("segments", new PathMatch.SegmentPrefix("/a")),
                    route("prefix", new PathMatch.Prefix("/a")),
                    route("regex", new PathMatch.Regex("/x[0-9]+")),
                    route("rest", ANY))));
    assertThat(find(table, request("orders", path))).isEqualTo(expected);
  }

  @Test
  void allConditionsMustHold() {
    var conditions =
        List.<HeaderMatch>of(
            new HeaderMatch.Exact("x-canary", "yes"),
            new HeaderMatch.Present("x-old", false),
            new HeaderMatch.Exact(":method", "POST"));
    var match = new RouteMatch(ANY, Optional.of("POST"), conditions);
    var route = new Route("canary", match, new RouteAction.Forward("c"), Optional.empty());
    var table = table(new VirtualHost("h", List.of("*"), List.of(route)));

    assertThat(find(table, request("POST", "X-Canary", "yes"))).isEqualTo("canary");
    assertThat(find(table, request("GET", "x-canary", "yes"))).isEmpty();
    assertThat(find(table, request("POST", "x-canary", "no"))).isEmpty();
    assertThat(find(table, request("POST", "x-canary", "yes", "x-canary", "no"))).isEmpty();
    assertThat(find(table, request("POST", "x-canary", "yes", "x-old", ""))).isEmpty();
  }

  @Test
  void anExpressionThatRe2DoesNotKnowIsRefused() {
    var bad = new VirtualHost("h", List.of("*"), List.of(route("r", new PathMatch.Regex("(?=x)"))));
    assertThatThrownBy(() -> table(bad))
        .isInstanceOf(InvalidResourceException.class)
        .hasMessageContaining("'(?=x)' is no RE2 expression");
  }

  private static RouteTable table(VirtualHost... hosts) {
    return new RouteTable(new RouteConfiguration("orders", Arrays.asList(hosts)));
  }

  private static VirtualHost host(String name, String... domains) {
    return new VirtualHost(name, List.of(domains), List.of(route(name, ANY)));
  }

  private static Route route(String name, PathMatch path) {
    var match = new RouteMatch(path, Optional.empty(), List.of());
    return new Route(name, match, new RouteAction.Forward("c"), Optional.empty());
  }

  private static RequestHead request(String authority, String path) {
    return new RequestHead("GET", "http", authority, path, HttpVersion.HTTP_1_1, Headers.none());
  }

  private static RequestHead request(String method, String... headers) {
    return new RequestHead(
        method, "http", "orders", "/", HttpVersion.HTTP_1_1, Headers.of(headers));
  }

  private static String find(RouteTable table, RequestHead request) {
    var route = table.find(request);
    return route == null ? "" : route.name();
  }
}
