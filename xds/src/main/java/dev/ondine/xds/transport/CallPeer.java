package dev.ondine.xds.transport;

import dev.ondine.model.Identity;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * Who is at the other end of a call.
 *
 * @param identity whom the client's verified certificate names; empty without one
 * @param uid the user at the other end of a Unix socket, as the kernel says
 * @param address for logs
 */
public record CallPeer(Optional<Identity> identity, Optional<Integer> uid, String address) {
  /** Verifies whom a chain names. */
  @FunctionalInterface
  public interface Check {
    /** The leaf comes first. */
    Identity identity(List<X509Certificate> chain) throws CertificateException;
  }

  /** The user of a Unix socket's client, among the attributes of its connection. */
  static final Attributes.Key<Integer> UID = Attributes.Key.create("peer-uid");

  private static final Context.Key<CallPeer> KEY = Context.key("call-peer");
  private static final CallPeer UNKNOWN =
      new CallPeer(Optional.empty(), Optional.empty(), "unknown");

  /** The peer of the call whose method runs on this thread. */
  public static CallPeer current() {
    var peer = KEY.get();
    return peer == null ? UNKNOWN : peer;
  }

  /**
   * Makes the peer known to the methods of a server. A certificate is verified anew for each call:
   * connections and resumed sessions outlive certificates and trust.
   *
   * @param check empty where nobody shows one
   */
  static ServerInterceptor reading(Optional<Check> check) {
    return new ServerInterceptor() {
      @Override
      public <Q, R> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        try {
          var context = Context.current().withValue(KEY, read(call.getAttributes(), check));
          return Contexts.interceptCall(context, call, headers, next);
        } catch (CertificateException e) {
          return refuse(call, "the client certificate is not believed: " + e.getMessage());
        }
      }
    };
  }

  /** Refuses the calls of a service whose client has not proved who it is. */
  public static ServerInterceptor requireIdentity() {
    return new ServerInterceptor() {
      @Override
      public <Q, R> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        return current().identity().isPresent()
            ? next.startCall(call, headers)
            : refuse(call, "a client certificate is required (ondine.v1.WorkloadIdentity signs)");
      }
    };
  }

  private static <Q, R> ServerCall.Listener<Q> refuse(ServerCall<Q, R> call, String why) {
    call.close(Status.UNAUTHENTICATED.withDescription(why), new Metadata());
    return new ServerCall.Listener<>() {};
  }

  private static CallPeer read(Attributes attributes, Optional<Check> check)
      throws CertificateException {
    var remote = attributes.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    var uid = Optional.ofNullable(attributes.get(UID));
    var address =
        uid.map(user -> "uid " + user)
            .orElse(remote == null ? "unknown" : remote.toString().replaceFirst("^/", ""));
    var session = attributes.get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
    var identity =
        session == null || check.isEmpty()
            ? Optional.<Identity>empty()
            : identity(session, check.get());
    return new CallPeer(identity, uid, address);
  }

  private static Optional<Identity> identity(SSLSession session, Check check)
      throws CertificateException {
    var chain = new ArrayList<X509Certificate>();
    try {
      for (var certificate : session.getPeerCertificates()) {
        chain.add((X509Certificate) certificate);
      }
    } catch (SSLPeerUnverifiedException _) {
      return Optional.empty(); // it showed none
    }
    return Optional.of(check.identity(chain));
  }
}
