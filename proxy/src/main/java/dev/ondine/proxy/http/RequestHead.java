package dev.ondine.proxy.http;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a request says before its body, in the terms that HTTP/1 and HTTP/2 share.
 *
 * <p>Made by a codec, which has refused what is malformed (RFC 9112, RFC 9113) and has taken off
 * everything that concerns one connection only: Connection and what it nominates,
 * Transfer-Encoding, Upgrade, Keep-Alive. The headers hold no {@code Host}: the authority is the
 * only source, from which the next hop's codec writes it. Content-Length stays; {@link
 * BodyStream#length} says the same.
 *
 * <p>A request may ask for a tunnel: WebSocket, by HTTP/1.1's Upgrade or HTTP/2's extended CONNECT
 * (RFC 8441), or CONNECT. Once an answer has opened it ({@link #isOpenedBy}) the two bodies are the
 * bytes of its two directions, of unknown length and without trailers; the end of a body is a FIN.
 * Before, its body must not be subscribed to. WebSocket has the form of HTTP/1.1 here, GET and a
 * protocol, so that routes and logs see the same of both versions.
 *
 * @param method as sent; methods are case-sensitive
 * @param scheme {@code http} or {@code https}
 * @param authority host with optional port, as sent but never empty
 * @param path path and query, starting with {@code /}; {@code *} for OPTIONS only, empty for
 *     CONNECT only. Of a request that came by a connection the path is canonical: see {@link
 *     #received}
 * @param protocol what the tunnel is to carry: {@link #WEBSOCKET}; empty for all other requests and
 *     for CONNECT
 */
public record RequestHead(
    String method,
    String scheme,
    String authority,
    String path,
    HttpVersion version,
    Headers headers,
    Optional<String> protocol) {

  /** The protocol of RFC 6455. */
  public static final String WEBSOCKET = "websocket";

  private static final int SWITCHING_PROTOCOLS = 101;

  public RequestHead {
    requireNonNull(version, "version");
    requireNonNull(headers, "headers");
    requireNonNull(protocol, "protocol");
  }

  /** A request that is none for WebSocket. */
  public RequestHead(
      String method,
      String scheme,
      String authority,
      String path,
      HttpVersion version,
      Headers headers) {
    this(method, scheme, authority, path, version, headers, Optional.empty());
  }

  /**
   * The head of a request that came by a connection. The one place where its path is made
   * canonical: what is matched, logged and forwarded is this one spelling.
   */
  public static RequestHead received(
      String method,
      String scheme,
      String authority,
      String path,
      HttpVersion version,
      Headers headers,
      Optional<String> protocol)
      throws MalformedPathException {
    var canonical = CanonicalPath.of(path);
    return new RequestHead(method, scheme, authority, canonical, version, headers, protocol);
  }

  /** What routes and policies match: the path without its query and without parameters. */
  public String pathToMatch() {
    return CanonicalPath.toMatch(path);
  }

  /** This head for another authority. */
  public RequestHead withAuthority(String authority) {
    return new RequestHead(method, scheme, authority, path, version, headers, protocol);
  }

  /** This head for another path and query. */
  public RequestHead withPath(String path) {
    return new RequestHead(method, scheme, authority, path, version, headers, protocol);
  }

  /** True for CONNECT, whose tunnel is a TCP connection to the authority. */
  public boolean isConnect() {
    return method.equals("CONNECT");
  }

  /** True if it asks for a tunnel. */
  public boolean isTunnel() {
    return protocol.isPresent() || isConnect();
  }

  /**
   * True if an answer of this status opens the tunnel that was asked for: 101 for WebSocket,
   * whatever the version, and any 2xx for CONNECT. Any other answer is an ordinary one.
   */
  public boolean isOpenedBy(int status) {
    return protocol.isPresent()
        ? status == SWITCHING_PROTOCOLS
        : isConnect() && status >= 200 && status < 300;
  }

  /** This head for another scheme. */
  public RequestHead withScheme(String scheme) {
    return new RequestHead(method, scheme, authority, path, version, headers, protocol);
  }

  /** True for gRPC and its dialects (content-type {@code application/grpc…}). */
  public boolean isGrpc() {
    if (isTunnel()) {
      return false; // whose answers have a status that says what it means
    }
    return isGrpc(headers.get("content-type"));
  }

  /** True for the content type of a gRPC call; false for null. */
  public static boolean isGrpc(@Nullable CharSequence contentType) {
    var type = contentType == null ? null : contentType.toString();
    return type != null
        && type.startsWith("application/grpc")
        && (type.length() == 16 || type.charAt(16) == '+' || type.charAt(16) == ';');
  }
}
