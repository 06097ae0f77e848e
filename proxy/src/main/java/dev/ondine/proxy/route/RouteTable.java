package dev.ondine.proxy.route;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.ondine.model.HeaderMatch;
import dev.ondine.model.InvalidResourceException;
import dev.ondine.model.PathMatch;
import dev.ondine.model.Route;
import dev.ondine.model.RouteConfiguration;
import dev.ondine.model.RouteMatch;
import dev.ondine.model.VirtualHost;
import dev.ondine.proxy.http.RequestHead;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A route configuration made ready for matching. Immutable.
 *
 * <p>Domains: exact before the longest {@code *.suffix}, before the longest {@code prefix.*},
 * before {@code *}; within a virtual host the first route that matches wins, as in Envoy's
 * RouteConfiguration. An authority is tried with its port, then without.
 */
public final class RouteTable {
  private final RouteConfiguration source;
  private final Map<String, VirtualHost> exact = new HashMap<>();
  private final List<Wildcard> suffixes = new ArrayList<>();
  private final List<Wildcard> prefixes = new ArrayList<>();
  private final Map<String, Pattern> expressions = new HashMap<>();
  private @Nullable VirtualHost any;

  private record Wildcard(String part, VirtualHost host) {}

  /** Throws {@link InvalidResourceException} for an expression that RE2 does not know. */
  public RouteTable(RouteConfiguration source) {
    this.source = source;
    for (var host : source.virtualHosts()) {
      host.domains().forEach(domain -> add(domain.toLowerCase(Locale.ROOT), host));
      host.routes().forEach(route -> compile(route.match().path()));
    }
    suffixes.sort((a, b) -> b.part.length() - a.part.length());
    prefixes.sort((a, b) -> b.part.length() - a.part.length());
  }

  /** What this table was made of. */
  public RouteConfiguration source() {
    return source;
  }

  /** The route for a request, or null. */
  public @Nullable Route find(RequestHead request) {
    var host = host(request.authority());
    if (host == null) {
      return null;
    }
    var path = request.pathToMatch();
    for (var route : host.routes()) {
      if (matches(route.match(), request, path)) {
        return route;
      }
    }
    return null;
  }

  private void add(String domain, VirtualHost host) {
    if (domain.equals("*")) {
      any = any == null ? host : any;
    } else if (domain.startsWith("*")) {
      suffixes.add(new Wildcard(domain.substring(1), host));
    } else if (domain.endsWith("*")) {
      prefixes.add(new Wildcard(domain.substring(0, domain.length() - 1), host));
    } else {
      exact.putIfAbsent(domain, host);
    }
  }

  private void compile(PathMatch path) {
    if (path instanceof PathMatch.Regex(var expression)) {
      try {
        expressions.put(expression, Pattern.compile(expression));
      } catch (PatternSyntaxException e) {
        throw new InvalidResourceException(
            "routes " + source.name(),
            "'" + expression + "' is no RE2 expression: " + e.getMessage());
      }
    }
  }

  private @Nullable VirtualHost host(String authority) {
    if (exact.isEmpty() && suffixes.isEmpty() && prefixes.isEmpty()) {
      return any; // what Ondine's own control sends: one host for everything
    }
    var name = authority.toLowerCase(Locale.ROOT);
    var found = named(name);
    var colon = name.lastIndexOf(':');
    if (found == null && colon > 0 && name.indexOf(']', colon) < 0) {
      found = named(name.substring(0, colon));
    }
    return found == null ? any : found;
  }

  private @Nullable VirtualHost named(String name) {
    var host = exact.get(name);
    if (host != null) {
      return host;
    }
    for (var suffix : suffixes) {
      if (name.length() > suffix.part.length() && name.endsWith(suffix.part)) {
        return suffix.host;
      }
    }
    for (var prefix : prefixes) {
      if (name.length() > prefix.part.length() && name.startsWith(prefix.part)) {
        return prefix.host;
      }
    }
    return null;
  }

  private boolean matches(RouteMatch match, RequestHead request, String path) {
    if (match.method().isPresent() && !match.method().get().equals(request.method())) {
      return false;
    }
    if (!matches(match.path(), path)) {
      return false;
    }
    for (var header : match.headers()) {
      if (!matches(header, request)) {
        return false;
      }
    }
    return true;
  }

  private boolean matches(PathMatch match, String path) {
    return switch (match) {
      case PathMatch.Prefix(var prefix) -> path.startsWith(prefix);
      case PathMatch.Exact(var exactly) -> path.equals(exactly);
      case PathMatch.SegmentPrefix(var prefix) -> startsWithSegments(path, prefix);
      case PathMatch.Regex(var expression) -> {
        var pattern = expressions.get(expression);
        yield pattern != null && pattern.matches(path);
      }
    };
  }

  private static boolean startsWithSegments(String path, String prefix) {
    var end = prefix.endsWith("/") ? prefix.length() - 1 : prefix.length();
    return path.regionMatches(0, prefix, 0, end)
        && (path.length() == end || path.charAt(end) == '/');
  }

  private static boolean matches(HeaderMatch match, RequestHead request) {
    return switch (match) {
      case HeaderMatch.Exact(var name, var value) -> {
        var values = value(name, request);
        yield !values.isEmpty() && String.join(",", values).equals(value);
      }
      case HeaderMatch.Present(var name, var present) -> value(name, request).isEmpty() != present;
    };
  }

  /** HTTP/2's pseudo headers are matched like headers: gRPC clients and Envoy do so. */
  private static List<String> value(String name, RequestHead request) {
    return switch (name) {
      case ":method" -> List.of(request.method());
      case ":authority", "host" -> List.of(request.authority());
      case ":path" -> List.of(request.path());
      case ":scheme" -> List.of(request.scheme());
      default -> request.headers().all(name);
    };
  }
}
