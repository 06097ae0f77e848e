package dev.ondine.xds.codec;

import com.google.protobuf.ByteString;
import dev.ondine.model.AppProtocol;
import dev.ondine.model.Cluster;
import dev.ondine.model.Cluster.Balancing;
import dev.ondine.model.Identity;
import dev.ondine.xds.codec.WireReader.AnyValue;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads a {@code Cluster} whose endpoints come by EDS. */
final class ClusterDecoder {
  private static final String HTTP_OPTIONS =
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
  private static final String POLICIES =
      "type.googleapis.com/envoy.extensions.load_balancing_policies.";
  private static final String LEAST_REQUEST = POLICIES + "least_request.v3.LeastRequest";
  private static final String ROUND_ROBIN = POLICIES + "round_robin.v3.RoundRobin";
  private static final int EDS = 3;

  private ClusterDecoder() {}

  static Cluster read(WireReader in) {
    var name = "";
    var endpointsName = "";
    var type = 0;
    var timeout = Cluster.DEFAULT_CONNECT_TIMEOUT;
    var balancing = Balancing.ROUND_ROBIN; // what an absent lb_policy means
    var policy = Optional.<Balancing>empty();
    var protocol = AppProtocol.AUTO;
    var ours = Map.<String, String>of();
    var identities = new HashSet<Identity>();
    var sockets = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.string("name");
        case 2 -> type = in.number("type");
        case 3 -> endpointsName = in.message("eds_cluster_config", ClusterDecoder::edsName);
        case 4 -> timeout = in.message("connect_timeout", CommonDecoder::duration);
        case 6 -> balancing = balancing(in, in.number("lb_policy"));
        case 14 -> {
          in.skip(); // http2_protocol_options, the older way to say it
          protocol = AppProtocol.HTTP2;
        }
        case 24 -> in.message("transport_socket", ClusterDecoder::plaintextOnly);
        case 25 -> ours = in.message("metadata", CommonDecoder::ourMetadata);
        case 36 -> {
          var options =
              in.message("typed_extension_protocol_options", ClusterDecoder::protocolOptions);
          protocol = options.orElse(protocol);
        }
        case 38 -> throw in.unsupported("cluster_type");
        case 41 ->
            policy =
                Optional.of(in.message("load_balancing_policy", ClusterDecoder::firstKnownPolicy));
        case 43 ->
            identities.addAll(
                in.message("transport_socket_matches", sockets++, UpstreamTlsDecoder::match));
        default -> in.skip();
      }
    }
    if (type != EDS) {
      throw in.invalid("type", "only EDS is supported");
    }
    if (ours.containsKey(OndineMetadata.PROTOCOL)) {
      protocol = CommonDecoder.protocol(in, ours.get(OndineMetadata.PROTOCOL));
    }
    return new Cluster(
        name,
        endpointsName.isEmpty() ? name : endpointsName,
        policy.orElse(balancing),
        timeout,
        protocol,
        identities);
  }

  private static String edsName(WireReader in) {
    var name = "";
    while (in.next()) {
      if (in.field() == 2) {
        name = in.string("service_name");
      } else {
        in.skip();
      }
    }
    return name;
  }

  private static Balancing balancing(WireReader in, int number) {
    return switch (number) {
      case 0 -> Balancing.ROUND_ROBIN;
      case 1 -> Balancing.LEAST_REQUEST;
      case 7 -> Balancing.ROUND_ROBIN; // LOAD_BALANCING_POLICY_CONFIG: the other field decides
      default ->
          throw in.invalid("lb_policy", number + " is neither ROUND_ROBIN nor LEAST_REQUEST");
    };
  }

  /** A {@code LoadBalancingPolicy}: a list in order of preference, the first known one counts. */
  private static Balancing firstKnownPolicy(WireReader in) {
    var found = Optional.<Balancing>empty();
    var index = 0;
    while (in.next()) {
      if (in.field() == 1) {
        var policy = in.message("policies", index++, ClusterDecoder::policy);
        found = found.isPresent() ? found : policy;
      } else {
        in.skip();
      }
    }
    return found.orElseThrow(
        () -> in.invalid("policies", "none is " + List.of(LEAST_REQUEST, ROUND_ROBIN)));
  }

  private static Optional<Balancing> policy(WireReader in) {
    var url = "";
    while (in.next()) {
      if (in.field() == 4) {
        url = in.message("typed_extension_config", config -> typedConfig(config).typeUrl());
      } else {
        in.skip();
      }
    }
    return switch (url) {
      case LEAST_REQUEST -> Optional.of(Balancing.LEAST_REQUEST);
      case ROUND_ROBIN -> Optional.of(Balancing.ROUND_ROBIN);
      default -> Optional.empty();
    };
  }

  /** We would speak plaintext where TLS is asked for: better not at all. */
  private static boolean plaintextOnly(WireReader in) {
    var url = UpstreamTlsDecoder.typedConfig(in).typeUrl();
    if (!url.equals(UpstreamTlsDecoder.RAW_BUFFER)) {
      throw in.invalid("typed_config", "'" + url + "' is not supported");
    }
    return true;
  }

  private static AnyValue typedConfig(WireReader in) {
    var config = new AnyValue("", ByteString.EMPTY);
    while (in.next()) {
      if (in.field() == 2) {
        config = in.message("typed_config", WireReader::any);
      } else {
        in.skip();
      }
    }
    return config;
  }

  /** An entry of a map by extension name; empty where it is not about HTTP. */
  private static Optional<AppProtocol> protocolOptions(WireReader in) {
    var key = "";
    var value = new AnyValue("", ByteString.EMPTY);
    while (in.next()) {
      switch (in.field()) {
        case 1 -> key = in.string("key");
        case 2 -> value = in.message("value", WireReader::any);
        default -> in.skip();
      }
    }
    return key.equals(HTTP_OPTIONS)
        ? Optional.of(in.unpack("value", value, ClusterDecoder::httpOptions))
        : Optional.empty();
  }

  private static AppProtocol httpOptions(WireReader in) {
    var protocol = AppProtocol.AUTO;
    while (in.next()) {
      switch (in.field()) {
        case 3 -> protocol = in.message("explicit_http_config", ClusterDecoder::explicit);
        case 4, 5 -> in.skip(); // as downstream, or by ALPN: AUTO
        default -> in.skip();
      }
    }
    return protocol;
  }

  private static AppProtocol explicit(WireReader in) {
    var protocol = AppProtocol.HTTP;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> {
          in.skip();
          protocol = AppProtocol.HTTP;
        }
        case 2 -> {
          in.skip();
          protocol = AppProtocol.HTTP2;
        }
        case 3 -> throw in.unsupported("http3_protocol_options");
        default -> in.skip();
      }
    }
    return protocol;
  }
}
