package dev.ondine.xds.codec;

import com.google.protobuf.ByteString;
import dev.ondine.model.Listener;
import dev.ondine.model.Listener.ServiceInfo;
import dev.ondine.model.Listener.Traffic;
import dev.ondine.xds.codec.WireReader.AnyValue;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads a {@code Listener}: an API listener, or one filter chain that ends in HTTP or TCP. */
final class ListenerDecoder {
  private static final String FILTERS = "type.googleapis.com/envoy.extensions.filters.network.";
  private static final String HTTP_CONNECTION_MANAGER =
      FILTERS + "http_connection_manager.v3.HttpConnectionManager";
  private static final String TCP_PROXY = FILTERS + "tcp_proxy.v3.TcpProxy";
  private static final int MAX_PORT = 65_535;

  private ListenerDecoder() {}

  static Listener read(WireReader in) {
    var name = "";
    var api = Optional.<Traffic>empty();
    var chains = new ArrayList<Traffic>();
    var ours = Map.<String, String>of();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.string("name");
        case 3 -> chains.add(in.message("filter_chains", chains.size(), ListenerDecoder::chain));
        case 6 -> ours = in.message("metadata", CommonDecoder::ourMetadata);
        case 19 -> api = Optional.of(in.message("api_listener", ListenerDecoder::apiListener));
        case 25 -> chains.add(in.message("default_filter_chain", ListenerDecoder::chain));
        default -> in.skip();
      }
    }
    if (api.isEmpty() && chains.isEmpty()) {
      throw in.invalid("api_listener", "is missing, and there is no filter chain either");
    }
    if (api.isEmpty() && chains.size() > 1) {
      throw in.invalid("filter_chains", "more than one is not supported");
    }
    return new Listener(name, api.orElseGet(chains::getFirst), serviceInfo(in, ours));
  }

  private static Optional<ServiceInfo> serviceInfo(WireReader in, Map<String, String> ours) {
    if (ours.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new ServiceInfo(
            ours.getOrDefault(OndineMetadata.SERVICE, ""),
            ours.getOrDefault(OndineMetadata.NAMESPACE, ""),
            port(in, ours.getOrDefault(OndineMetadata.PORT, "")),
            CommonDecoder.protocol(in, ours.getOrDefault(OndineMetadata.PROTOCOL, "auto")),
            Optional.ofNullable(ours.get(OndineMetadata.VIRTUAL_IP))));
  }

  private static int port(WireReader in, String text) {
    if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(Character::isDigit)) {
      throw in.invalid(
          "metadata." + OndineMetadata.PORT, "'" + text + "' is no port: 1 to " + MAX_PORT);
    }
    return Integer.parseInt(text);
  }

  private static Traffic apiListener(WireReader in) {
    @Nullable Traffic traffic = null;
    while (in.next()) {
      if (in.field() == 1) {
        traffic = filter(in, "api_listener", in.message("api_listener", WireReader::any));
      } else {
        in.skip();
      }
    }
    if (traffic == null) {
      throw in.invalid("api_listener", "is missing");
    }
    return traffic;
  }

  private static Traffic chain(WireReader in) {
    var filters = new ArrayList<Optional<Traffic>>();
    while (in.next()) {
      switch (in.field()) {
        case 3 ->
            filters.add(in.message("filters", filters.size(), ListenerDecoder::networkFilter));
        case 6 -> throw in.unsupported("transport_socket");
        default -> in.skip();
      }
    }
    return filters.stream()
        .flatMap(Optional::stream)
        .findFirst()
        .orElseThrow(() -> in.invalid("filters", "none is an HttpConnectionManager or a TcpProxy"));
  }

  private static Optional<Traffic> networkFilter(WireReader in) {
    var config = new AnyValue("", ByteString.EMPTY);
    while (in.next()) {
      if (in.field() == 4) {
        config = in.message("typed_config", WireReader::any);
      } else {
        in.skip();
      }
    }
    var known =
        config.typeUrl().equals(HTTP_CONNECTION_MANAGER) || config.typeUrl().equals(TCP_PROXY);
    return known ? Optional.of(filter(in, "typed_config", config)) : Optional.empty();
  }

  private static Traffic filter(WireReader in, String name, AnyValue config) {
    return switch (config.typeUrl()) {
      case HTTP_CONNECTION_MANAGER -> in.unpack(name, config, ListenerDecoder::http);
      case TCP_PROXY -> in.unpack(name, config, ListenerDecoder::tcp);
      default -> throw in.invalid(name, "'" + config.typeUrl() + "' is not supported");
    };
  }

  private static Traffic http(WireReader in) {
    @Nullable Traffic traffic = null;
    while (in.next()) {
      switch (in.field()) {
        case 3 -> traffic = new Traffic.Http(in.message("rds", ListenerDecoder::routesName));
        case 4 -> traffic = new Traffic.HttpInline(in.message("route_config", RouteDecoder::read));
        case 31 -> throw in.unsupported("scoped_routes");
        default -> in.skip();
      }
    }
    if (traffic == null) {
      throw in.invalid("rds", "is missing, and there is no route_config either");
    }
    return traffic;
  }

  private static String routesName(WireReader in) {
    var name = "";
    while (in.next()) {
      if (in.field() == 2) {
        name = in.string("route_config_name");
      } else {
        in.skip();
      }
    }
    if (name.isEmpty()) {
      throw in.invalid("route_config_name", "is missing");
    }
    return name;
  }

  private static Traffic tcp(WireReader in) {
    var cluster = "";
    while (in.next()) {
      switch (in.field()) {
        case 2 -> cluster = in.string("cluster");
        case 10 -> throw in.unsupported("weighted_clusters");
        case 12 -> throw in.unsupported("tunneling_config");
        default -> in.skip();
      }
    }
    if (cluster.isEmpty()) {
      throw in.invalid("cluster", "is missing");
    }
    return new Traffic.Tcp(cluster);
  }
}
