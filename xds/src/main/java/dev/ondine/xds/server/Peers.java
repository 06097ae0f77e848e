package dev.ondine.xds.server;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Makes the remote address of a call known to its method. */
final class Peers implements ServerInterceptor {
  private static final Context.Key<String> PEER = Context.key("peer");

  /** The remote address of the call whose method runs on this thread. */
  static String current() {
    var peer = PEER.get();
    return peer == null ? "unknown" : peer;
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    var address = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
    var peer = address == null ? "unknown" : address.toString().replaceFirst("^/", "");
    return Contexts.interceptCall(Context.current().withValue(PEER, peer), call, headers, next);
  }
}
