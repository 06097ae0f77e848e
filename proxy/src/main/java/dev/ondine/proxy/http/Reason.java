package dev.ondine.proxy.http;

import java.util.Locale;

/**
 * Why the mesh itself answers: the word in {@code x-ondine-reason}, in the access log and in
 * metrics, with the status that goes with it.
 */
public enum Reason {
  NO_SUCH_SERVICE(404, Grpc.UNIMPLEMENTED),
  NOT_PERMITTED(403, Grpc.PERMISSION_DENIED),
  DISCOVERY_TIMEOUT(503, Grpc.UNAVAILABLE),
  DISCOVERY_OVERFLOW(503, Grpc.UNAVAILABLE),
  DISCOVERY_CAPACITY(503, Grpc.UNAVAILABLE),
  /** It came in the clear, or without a proof of who sends it, where that is demanded. */
  PLAINTEXT_REFUSED(403, Grpc.PERMISSION_DENIED),
  NO_ROUTE(404, Grpc.UNIMPLEMENTED),
  NO_ENDPOINTS(503, Grpc.UNAVAILABLE),
  UPSTREAM_CONNECT_FAILURE(503, Grpc.UNAVAILABLE),
  /** The endpoint's sidecar and this one did not agree on who they are. */
  TLS_FAILED(503, Grpc.UNAVAILABLE),
  UPSTREAM_RESET(502, Grpc.UNAVAILABLE),
  UPSTREAM_TIMEOUT(504, Grpc.DEADLINE_EXCEEDED),
  /** The deadline that the caller set has passed, wherever the request was by then. */
  DEADLINE_EXCEEDED(504, Grpc.DEADLINE_EXCEEDED),
  UPSTREAM_PROTOCOL_ERROR(502, Grpc.INTERNAL),
  REQUEST_TIMEOUT(408, Grpc.DEADLINE_EXCEEDED),
  BAD_REQUEST(400, Grpc.INTERNAL),
  HEADER_TOO_LARGE(431, Grpc.RESOURCE_EXHAUSTED),
  URI_TOO_LONG(414, Grpc.RESOURCE_EXHAUSTED),
  PAYLOAD_TOO_LARGE(413, Grpc.RESOURCE_EXHAUSTED),
  EXPECTATION_FAILED(417, Grpc.UNKNOWN),
  NOT_IMPLEMENTED(501, Grpc.UNIMPLEMENTED),
  VERSION_NOT_SUPPORTED(505, Grpc.UNIMPLEMENTED),
  LOOP(508, Grpc.INTERNAL),
  DRAINING(503, Grpc.UNAVAILABLE),
  OVERLOAD(503, Grpc.UNAVAILABLE),
  INTERNAL(500, Grpc.INTERNAL),
  /** Nothing moved on a relayed connection for too long; only logs and metrics see it. */
  IDLE_TIMEOUT(408, Grpc.DEADLINE_EXCEEDED),
  /** The caller left before the answer ended; only logs and metrics see it. */
  CLIENT_CLOSED(499, Grpc.CANCELLED);

  private final String text = name().toLowerCase(Locale.ROOT);
  private final int status;
  private final int grpcStatus;

  Reason(int status, int grpcStatus) {
    this.status = status;
    this.grpcStatus = grpcStatus;
  }

  /** The word: {@code no_such_service}. */
  public String text() {
    return text;
  }

  /** The HTTP status of the reply. */
  public int status() {
    return status;
  }

  /** The {@code grpc-status} of the reply. */
  public int grpcStatus() {
    return grpcStatus;
  }

  /** Status codes of gRPC; see doc/statuscodes.md of the gRPC project. */
  private static final class Grpc {
    static final int CANCELLED = 1;
    static final int UNKNOWN = 2;
    static final int DEADLINE_EXCEEDED = 4;
    static final int PERMISSION_DENIED = 7;
    static final int RESOURCE_EXHAUSTED = 8;
    static final int UNIMPLEMENTED = 12;
    static final int INTERNAL = 13;
    static final int UNAVAILABLE = 14;
  }
}
