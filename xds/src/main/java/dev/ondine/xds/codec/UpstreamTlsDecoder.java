package dev.ondine.xds.codec;

import com.google.protobuf.ByteString;
import dev.ondine.model.Identity;
import dev.ondine.xds.codec.WireReader.AnyValue;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads which of a cluster's endpoints are spoken to over mutual TLS, and who may answer there:
 * {@code Cluster.transport_socket_matches}.
 *
 * <p>Which certificate is shown and which roots are trusted is the sidecar's own business; the
 * names of the secrets for it are skipped.
 */
final class UpstreamTlsDecoder {
  static final String RAW_BUFFER =
      "type.googleapis.com/envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer";
  private static final String UPSTREAM_TLS =
      "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext";
  private static final int URI = 3;

  private UpstreamTlsDecoder() {}

  /** One {@code TransportSocketMatch}: who may answer where it applies; empty: in the clear. */
  static Set<Identity> match(WireReader in) {
    var fields = Map.<String, String>of();
    var socket = new AnyValue("", ByteString.EMPTY);
    while (in.next()) {
      switch (in.field()) {
        case 2 -> fields = in.message("match", CommonDecoder::struct);
        case 3 -> socket = in.message("transport_socket", UpstreamTlsDecoder::typedConfig);
        default -> in.skip();
      }
    }
    var mutual = MeshTls.isMutual(fields);
    if (mutual && socket.typeUrl().equals(UPSTREAM_TLS)) {
      return in.unpack("transport_socket", socket, UpstreamTlsDecoder::upstreamTls);
    }
    // We would speak plaintext where TLS is asked for: better not at all.
    if (mutual || !socket.typeUrl().equals(RAW_BUFFER)) {
      throw in.invalid(
          "transport_socket", "'" + socket.typeUrl() + "' is not supported for " + fields);
    }
    return Set.of();
  }

  /** The configuration of a {@code TransportSocket}. */
  static AnyValue typedConfig(WireReader in) {
    var config = new AnyValue("", ByteString.EMPTY);
    while (in.next()) {
      if (in.field() == 3) {
        config = in.message("typed_config", WireReader::any);
      } else {
        in.skip();
      }
    }
    return config;
  }

  private static Set<Identity> upstreamTls(WireReader in) {
    var expected = Set.<Identity>of();
    while (in.next()) {
      if (in.field() == 1) {
        expected = in.message("common_tls_context", UpstreamTlsDecoder::common);
      } else {
        in.skip();
      }
    }
    if (expected.isEmpty()) {
      throw in.invalid("common_tls_context", "names nobody who may answer");
    }
    return expected;
  }

  private static Set<Identity> common(WireReader in) {
    var expected = Set.<Identity>of();
    while (in.next()) {
      switch (in.field()) {
        case 3 -> expected = in.message("validation_context", UpstreamTlsDecoder::names);
        case 8 ->
            expected = in.message("combined_validation_context", UpstreamTlsDecoder::combined);
        default -> in.skip();
      }
    }
    return expected;
  }

  private static Set<Identity> combined(WireReader in) {
    var expected = Set.<Identity>of();
    while (in.next()) {
      if (in.field() == 1) {
        expected = in.message("default_validation_context", UpstreamTlsDecoder::names);
      } else {
        in.skip();
      }
    }
    return expected;
  }

  private static Set<Identity> names(WireReader in) {
    var expected = new HashSet<Identity>();
    var index = 0;
    while (in.next()) {
      switch (in.field()) {
        case 9 -> // the older way to say it
            expected.add(
                in.message("match_subject_alt_names", index++, UpstreamTlsDecoder::exactly));
        case 15 ->
            expected.add(
                in.message("match_typed_subject_alt_names", index++, UpstreamTlsDecoder::name));
        default -> in.skip();
      }
    }
    return expected;
  }

  private static Identity name(WireReader in) {
    var type = 0;
    @Nullable Identity identity = null;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> type = in.number("san_type");
        case 2 -> identity = in.message("matcher", UpstreamTlsDecoder::exactly);
        default -> in.skip();
      }
    }
    if (type != URI || identity == null) {
      throw in.invalid("san_type", type + " is not URI (" + URI + ") with a matcher");
    }
    return identity;
  }

  private static Identity exactly(WireReader in) {
    @Nullable Identity identity = null;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> identity = Identity.parse(in.string("exact"));
        case 2, 3, 5, 7 -> throw in.unsupported("matcher");
        default -> in.skip();
      }
    }
    if (identity == null) {
      throw in.invalid("exact", "is not there");
    }
    return identity;
  }
}
