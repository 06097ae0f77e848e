package dev.ondine.proxy.http;

import static java.util.Objects.requireNonNull;

/**
 * An answer that the mesh itself makes.
 *
 * <p>HTTP: the reason's status, {@code x-ondine-reason} and one line of text. gRPC: 200 with
 * trailers only (the status and the reason in the response head).
 *
 * @param notSent this reply proves that no workload acted on the request, so that the caller's
 *     sidecar may send it elsewhere
 * @param detail the line of text, made {@linkplain Details#printable printable}
 */
public record LocalReply(Reason reason, boolean notSent, String detail) {
  /** Header that names the reason. */
  public static final String REASON_HEADER = "x-ondine-reason";

  /** Header by which a callee's sidecar tells a caller's that no workload saw the request. */
  public static final String NOT_SENT_HEADER = "x-ondine-not-sent";

  /** In seconds: how soon an overload may be over. */
  private static final String RETRY_AFTER = "1";

  public LocalReply {
    requireNonNull(reason, "reason");
    detail = Details.printable(detail);
  }

  /** A reply that claims nothing about what was sent. */
  public static LocalReply of(Reason reason, String detail) {
    return new LocalReply(reason, false, detail);
  }

  /** The head for this request. */
  public ResponseHead head(RequestHead request) {
    return head(request.isGrpc());
  }

  /** The head for a request that was never one, of which only this is known. */
  public ResponseHead head(boolean grpc) {
    var headers = Headers.of(REASON_HEADER, reason.text());
    if (notSent) {
      headers.add(NOT_SENT_HEADER, "true");
    }
    if (reason == Reason.OVERLOAD) {
      headers.add("retry-after", RETRY_AFTER);
    }
    if (grpc) {
      headers.add("content-type", "application/grpc");
      headers.add("grpc-status", Integer.toString(reason.grpcStatus()));
      headers.add("grpc-message", GrpcMessage.encode(reason.text() + ": " + detail));
      return new ResponseHead(200, headers);
    }
    headers.add("content-type", "text/plain; charset=utf-8");
    return new ResponseHead(reason.status(), headers);
  }

  /** The body for this request; its length is known. */
  public BodyStream body(RequestHead request) {
    if (request.isGrpc()) {
      return BodyStream.empty();
    }
    return BodyStream.of(Bytes.of(reason.text() + ": " + detail + "\n"));
  }
}
