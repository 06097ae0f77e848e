package dev.ondine.xds.codec.encode;

import com.google.protobuf.Struct;
import dev.ondine.model.Identity;
import dev.ondine.xds.codec.MeshTls;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.TransportSocketMatch;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CommonTlsContext.CombinedCertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SdsSecretConfig;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.SubjectAltNameMatcher.SanType;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsParameters.TlsProtocol;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.List;

/**
 * Mutual TLS to those endpoints of a cluster that take it, and plaintext to the others: an Envoy
 * does the same with these resources as our sidecars do.
 */
final class UpstreamTlsEncoder {
  /** What an endpoint says in its metadata to be spoken to over mutual TLS. */
  static final Struct MUTUAL =
      Struct.newBuilder().putFields(MeshTls.MODE, Wire.value(MeshTls.MUTUAL)).build();

  private UpstreamTlsEncoder() {}

  /** The first that matches an endpoint is used; the last matches all. */
  static List<TransportSocketMatch> sockets(dev.ondine.model.Cluster cluster) {
    return List.of(
        TransportSocketMatch.newBuilder()
            .setName("mtls")
            .setMatch(MUTUAL)
            .setTransportSocket(
                TransportSocket.newBuilder()
                    .setName("envoy.transport_sockets.tls")
                    .setTypedConfig(Wire.pack(context(cluster))))
            .build(),
        TransportSocketMatch.newBuilder()
            .setName("plaintext")
            .setMatch(Struct.getDefaultInstance())
            .setTransportSocket(
                TransportSocket.newBuilder()
                    .setName("envoy.transport_sockets.raw_buffer")
                    .setTypedConfig(Wire.pack(RawBuffer.getDefaultInstance())))
            .build());
  }

  private static UpstreamTlsContext context(dev.ondine.model.Cluster cluster) {
    var names = CertificateValidationContext.newBuilder();
    cluster.identities().stream()
        .map(Identity::spiffeId)
        .sorted()
        .forEach(
            id ->
                names.addMatchTypedSubjectAltNames(
                    SubjectAltNameMatcher.newBuilder()
                        .setSanType(SanType.URI)
                        .setMatcher(StringMatcher.newBuilder().setExact(id))));
    return UpstreamTlsContext.newBuilder()
        .setCommonTlsContext(
            CommonTlsContext.newBuilder()
                .setTlsParams(
                    TlsParameters.newBuilder()
                        .setTlsMinimumProtocolVersion(TlsProtocol.TLSv1_3)
                        .setTlsMaximumProtocolVersion(TlsProtocol.TLSv1_3))
                .addAlpnProtocols(MeshTls.ALPN)
                .addTlsCertificateSdsSecretConfigs(secret(MeshTls.OWN_CERTIFICATE))
                .setCombinedValidationContext(
                    CombinedCertificateValidationContext.newBuilder()
                        .setDefaultValidationContext(names)
                        .setValidationContextSdsSecretConfig(secret(MeshTls.BUNDLES))))
        .build();
  }

  private static SdsSecretConfig secret(String name) {
    return SdsSecretConfig.newBuilder().setName(name).setSdsConfig(Wire.ADS).build();
  }
}
