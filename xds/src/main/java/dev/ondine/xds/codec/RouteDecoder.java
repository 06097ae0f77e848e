package dev.ondine.xds.codec;

import dev.ondine.model.Route;
import dev.ondine.model.RouteAction;
import dev.ondine.model.RouteAction.DirectResponse;
import dev.ondine.model.RouteAction.Forward;
import dev.ondine.model.RouteAction.Redirect;
import dev.ondine.model.RouteAction.Split;
import dev.ondine.model.RouteAction.WeightedCluster;
import dev.ondine.model.RouteConfiguration;
import dev.ondine.model.RouteMatch;
import dev.ondine.model.VirtualHost;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a {@code RouteConfiguration}. */
final class RouteDecoder {
  // Ours, and linear by construction.
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

  private record Sent(RouteAction action, Optional<Duration> timeout) {}

  private RouteDecoder() {}

  static RouteConfiguration read(WireReader in) {
    var name = "";
    var hosts = new ArrayList<VirtualHost>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.string("name");
        case 2 -> hosts.add(in.message("virtual_hosts", hosts.size(), RouteDecoder::virtualHost));
        case 9 -> throw in.unsupported("vhds");
        default -> in.skip();
      }
    }
    return new RouteConfiguration(name, hosts);
  }

  private static VirtualHost virtualHost(WireReader in) {
    var name = "";
    var domains = new ArrayList<String>();
    var routes = new ArrayList<Route>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.string("name");
        case 2 -> domains.add(in.string("domains").toLowerCase(Locale.ROOT));
        case 3 -> routes.add(in.message("routes", routes.size(), RouteDecoder::route));
        case 21 -> throw in.unsupported("matcher");
        default -> in.skip();
      }
    }
    return new VirtualHost(name, domains, routes);
  }

  private static Route route(WireReader in) {
    var name = "";
    @Nullable RouteMatch match = null;
    @Nullable Sent sent = null;
    var ours = Map.<String, String>of();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> match = in.message("match", MatchDecoder::read);
        case 2 -> sent = in.message("route", RouteDecoder::forward);
        case 3 -> sent = new Sent(in.message("redirect", RouteDecoder::redirect), Optional.empty());
        case 4 -> ours = in.message("metadata", CommonDecoder::ourMetadata);
        case 7 ->
            sent =
                new Sent(
                    in.message("direct_response", RouteDecoder::directResponse), Optional.empty());
        case 14 -> name = in.string("name");
        case 17 -> throw in.unsupported("filter_action");
        case 18 -> throw in.unsupported("non_forwarding_action");
        default -> in.skip();
      }
    }
    if (match == null) {
      throw in.invalid("match", "is missing");
    }
    if (sent == null) {
      throw in.invalid("action", "is missing");
    }
    return new Route(name, match, sent.action(), sent.timeout(), maxRequestBody(in, ours));
  }

  private static Optional<Long> maxRequestBody(WireReader in, Map<String, String> ours) {
    var text = ours.get(OndineMetadata.MAX_REQUEST_BODY);
    if (text == null) {
      return Optional.empty();
    }
    if (!DIGITS.matcher(text).matches()) {
      throw in.invalid(
          "metadata." + OndineMetadata.MAX_REQUEST_BODY,
          "'" + text + "' is no number of bytes: up to 18 digits");
    }
    return Optional.of(Long.parseLong(text));
  }

  private static Sent forward(WireReader in) {
    @Nullable RouteAction action = null;
    var timeout = Optional.<Duration>empty();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> action = new Forward(in.string("cluster"));
        case 2 -> throw in.unsupported("cluster_header");
        case 3 -> action = in.message("weighted_clusters", RouteDecoder::split);
        case 5 -> throw in.unsupported("prefix_rewrite");
        case 6 -> throw in.unsupported("host_rewrite_literal");
        case 8 -> timeout = Optional.of(in.message("timeout", CommonDecoder::duration));
        case 29 -> throw in.unsupported("host_rewrite_header");
        case 32 -> throw in.unsupported("regex_rewrite");
        case 35 -> throw in.unsupported("host_rewrite_path_regex");
        case 37 -> throw in.unsupported("cluster_specifier_plugin");
        case 39 -> throw in.unsupported("inline_cluster_specifier_plugin");
        case 41 -> throw in.unsupported("path_rewrite_policy");
        default -> in.skip();
      }
    }
    if (action == null) {
      throw in.invalid("cluster", "is missing, and there are no weighted_clusters either");
    }
    return new Sent(action, timeout);
  }

  private static Split split(WireReader in) {
    var shares = new ArrayList<WeightedCluster>();
    while (in.next()) {
      if (in.field() == 1) {
        shares.add(in.message("clusters", shares.size(), RouteDecoder::share));
      } else {
        in.skip();
      }
    }
    return new Split(shares);
  }

  private static WeightedCluster share(WireReader in) {
    var name = "";
    var weight = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.string("name");
        case 2 -> weight = in.message("weight", CommonDecoder::uint32Value);
        case 11 -> throw in.unsupported("host_rewrite_literal");
        case 12 -> throw in.unsupported("cluster_header");
        default -> in.skip();
      }
    }
    if (name.isEmpty()) {
      throw in.invalid("name", "is missing");
    }
    return new WeightedCluster(name, weight);
  }

  private static Redirect redirect(WireReader in) {
    var status = 301;
    var host = Optional.<String>empty();
    var path = Optional.<String>empty();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> host = given(in.string("host_redirect"));
        case 2 -> path = given(in.string("path_redirect"));
        case 3 -> status = redirectStatus(in, in.number("response_code"));
        case 4 -> refuseIf(in.bool("https_redirect"), in, "https_redirect");
        case 5 -> throw in.unsupported("prefix_rewrite");
        case 6 -> refuseIf(in.bool("strip_query"), in, "strip_query");
        case 7 -> throw in.unsupported("scheme_redirect");
        case 8 -> throw in.unsupported("port_redirect");
        case 9 -> throw in.unsupported("regex_rewrite");
        default -> in.skip();
      }
    }
    return new Redirect(status, host, path);
  }

  private static int redirectStatus(WireReader in, int number) {
    return switch (number) {
      case 0 -> 301;
      case 1 -> 302;
      case 2 -> 303;
      case 3 -> 307;
      case 4 -> 308;
      default -> throw in.invalid("response_code", number + " is none of 0 to 4");
    };
  }

  private static void refuseIf(boolean set, WireReader in, String name) {
    if (set) {
      throw in.unsupported(name);
    }
  }

  private static Optional<String> given(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  private static DirectResponse directResponse(WireReader in) {
    var status = 0;
    var body = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> status = in.uint32("status");
        case 2 -> body = in.message("body", RouteDecoder::inline);
        default -> in.skip();
      }
    }
    if (status < 200 || status > 599) {
      throw in.invalid("status", status + " is not between 200 and 599");
    }
    return new DirectResponse(status, body);
  }

  /** A {@code config.core.v3.DataSource} that carries its data. */
  private static String inline(WireReader in) {
    var text = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> throw in.unsupported("filename");
        case 2 -> text = in.bytes("inline_bytes").toStringUtf8();
        case 3 -> text = in.string("inline_string");
        case 4 -> throw in.unsupported("environment_variable");
        default -> in.skip();
      }
    }
    return text;
  }
}
