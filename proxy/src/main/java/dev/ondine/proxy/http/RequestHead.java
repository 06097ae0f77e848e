package dev.ondine.proxy.http;

import static java.util.Objects.requireNonNull;

/**
 * What a request says before its body, in the terms that HTTP/1 and HTTP/2 share.
 *
 * <p>Made by a codec, which has refused what is malformed (RFC 9112, RFC 9113) and has taken off
 * everything that concerns one connection only: Connection and what it nominates,
 * Transfer-Encoding, Upgrade, Keep-Alive. The headers hold no {@code Host}: the authority is the
 * only source, from which the next hop's codec writes it. Content-Length stays; {@link
 * BodyStream#length} says the same.
 *
 * @param method as sent; methods are case-sensitive
 * @param scheme {@code http} or {@code https}
 * @param authority host with optional port, as sent but never empty
 * @param path path and query as sent, starting with {@code /}; {@code *} for OPTIONS only
 */
public record RequestHead(
    String method,
    String scheme,
    String authority,
    String path,
    HttpVersion version,
    Headers headers) {

  public RequestHead {
    requireNonNull(version, "version");
    requireNonNull(headers, "headers");
  }

  /** This head for another authority. */
  public RequestHead withAuthority(String authority) {
    return new RequestHead(method, scheme, authority, path, version, headers);
  }

  /** This head for another path and query. */
  public RequestHead withPath(String path) {
    return new RequestHead(method, scheme, authority, path, version, headers);
  }

  /** This head for another scheme. */
  public RequestHead withScheme(String scheme) {
    return new RequestHead(method, scheme, authority, path, version, headers);
  }

  /** True for gRPC and its dialects (content-type {@code application/grpc…}). */
  public boolean isGrpc() {
    var type = headers.get("content-type");
    return type != null
        && type.startsWith("application/grpc")
        && (type.length() == 16 || type.charAt(16) == '+' || type.charAt(16) == ';');
  }
}
