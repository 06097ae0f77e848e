package dev.ondine.control;

import com.google.protobuf.ByteString;
import dev.ondine.control.ca.Certificates;
import dev.ondine.control.ca.Requests;
import dev.ondine.proto.v1.SignRequest;
import dev.ondine.proto.v1.SignResponse;
import dev.ondine.proto.v1.WorkloadIdentityGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/** A sidecar's way to its certificates: control is known by the hash of its root, nothing else. */
final class SvidClient {
  /** A key with its certificates. */
  record Svid(KeyPair keys, List<X509Certificate> chain) {}

  private SvidClient() {}

  /** A channel to control, over TLS 1.3. */
  static ManagedChannel channel(
      InetSocketAddress address, Set<String> pinnedRoots, Optional<Svid> own) {
    try {
      var builder =
          GrpcSslContexts.configure(SslContextBuilder.forClient(), SslProvider.JDK)
              .protocols("TLSv1.3")
              .trustManager(pinned(pinnedRoots));
      if (own.isPresent()) {
        builder.keyManager(own.get().keys().getPrivate(), own.get().chain());
      }
      return NettyChannelBuilder.forAddress(address)
          .overrideAuthority("control")
          .sslContext(builder.build())
          .build();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Asks for a certificate. */
  static Svid sign(ManagedChannel channel, SignRequest.Builder request) {
    var keys = Requests.ec("secp256r1");
    var response =
        WorkloadIdentityGrpc.newBlockingStub(channel)
            .sign(request.setCsr(ByteString.copyFrom(Requests.plain(keys))).build());
    return new Svid(keys, chain(response));
  }

  private static List<X509Certificate> chain(SignResponse response) {
    return response.getChainList().stream()
        .map(der -> Certificates.read(der.toByteArray()))
        .toList();
  }

  /** As a sidecar that joins: the chain ends with a root whose hash the token told. */
  private static X509TrustManager pinned(Set<String> roots) {
    return new X509ExtendedTrustManager() {
      private void check(X509Certificate[] chain) throws CertificateException {
        try {
          var root = chain[chain.length - 1];
          var hash =
              HexFormat.of()
                  .formatHex(MessageDigest.getInstance("SHA-256").digest(root.getEncoded()));
          if (!roots.contains(hash)) {
            throw new CertificateException("not the pinned root: " + hash);
          }
          for (var i = 0; i + 1 < chain.length; i++) {
            chain[i].verify(chain[i + 1].getPublicKey());
          }
          var names = new ArrayList<>(chain[0].getSubjectAlternativeNames());
          if (!names.equals(
              List.of(List.of(6, "spiffe://mesh.local/ns/ondine-system/sa/control")))) {
            throw new CertificateException("not control: " + names);
          }
        } catch (CertificateException e) {
          throw e;
        } catch (Exception e) {
          throw new CertificateException(e);
        }
      }

      @Override
      public void checkServerTrusted(X509Certificate[] chain, String method)
          throws CertificateException {
        check(chain);
      }

      @Override
      public void checkServerTrusted(X509Certificate[] chain, String method, Socket s)
          throws CertificateException {
        check(chain);
      }

      @Override
      public void checkServerTrusted(X509Certificate[] chain, String method, SSLEngine engine)
          throws CertificateException {
        check(chain);
      }

      @Override
      public void checkClientTrusted(X509Certificate[] chain, String method) {}

      @Override
      public void checkClientTrusted(X509Certificate[] chain, String method, Socket s) {}

      @Override
      public void checkClientTrusted(X509Certificate[] chain, String method, SSLEngine engine) {}

      @Override
      public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
      }
    };
  }
}
