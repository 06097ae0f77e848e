package dev.ondine.proxy.http.http2;

import static io.netty.handler.codec.http2.Http2Error.PROTOCOL_ERROR;

import dev.ondine.proxy.http.Authority;
import dev.ondine.proxy.http.BodyStream;
import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpVersion;
import dev.ondine.proxy.http.MalformedPathException;
import dev.ondine.proxy.http.RequestHead;
import dev.ondine.proxy.http.ResponseHead;
import dev.ondine.proxy.http.TrailerFields;
import dev.ondine.proxy.http.WebSocketHandshake;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Heads between HTTP/2's form (RFC 9113, section 8.3) and the form that all versions share. */
final class Messages {
  private static final String COOKIE = "cookie";
  private static final String HTTP2_SETTINGS = "http2-settings"; // of an Upgrade by HTTP/1
  private static final int OK = 200;
  private static final int SWITCHING_PROTOCOLS = 101;

  // RFC 8441, section 5.1: HTTP/2 has a stream for what these are for.
  private static final List<String> HANDSHAKE =
      List.of(WebSocketHandshake.KEY, WebSocketHandshake.ACCEPT);

  private Messages() {}

  /**
   * A request's head. The HPACK decoder has seen to names, values, order and presence.
   *
   * @throws Http2Exception of the stream, when it is malformed
   * @throws MalformedPathException when it is proper HTTP, and its path is not to be trusted
   */
  static RequestHead request(int stream, Http2Headers fields)
      throws Http2Exception, MalformedPathException {
    var method = take(fields, Http2Headers.PseudoHeaderName.METHOD.value());
    var scheme = take(fields, Http2Headers.PseudoHeaderName.SCHEME.value());
    var path = take(fields, Http2Headers.PseudoHeaderName.PATH.value());
    var authority = take(fields, Http2Headers.PseudoHeaderName.AUTHORITY.value());
    var hosts = fields.getAll(HttpHeaderNames.HOST).size();
    var host = take(fields, HttpHeaderNames.HOST);
    if (authority == null) {
      authority = host; // RFC 9113, section 8.3.1; where both are, the authority wins
    }
    if (method == null || !RequestSyntax.isToken(method)) {
      throw malformed(stream, "method");
    }
    var protocol = take(fields, Http2Headers.PseudoHeaderName.PROTOCOL.value());
    if (method.equals("CONNECT") && protocol == null) {
      return connect(stream, scheme, authority, path, fields);
    }
    if (protocol != null && !(method.equals("CONNECT") && RequestSyntax.isToken(protocol))) {
      throw malformed(stream, "protocol");
    }
    if (scheme == null || !RequestSyntax.isScheme(scheme)) {
      throw malformed(stream, "scheme");
    }
    if (path == null || !RequestSyntax.isPath(path, method)) {
      throw malformed(stream, "path");
    }
    if (authority == null || hosts > 1 || Authority.fault(authority) != null) {
      throw malformed(stream, "authority");
    }
    checkValues(stream, fields);
    joinCookies(fields);
    fields.remove(HTTP2_SETTINGS);
    var wanted = Optional.<String>empty();
    if (protocol != null) {
      fields.remove(HttpHeaderNames.CONTENT_LENGTH);
      HANDSHAKE.forEach(fields::remove);
      wanted = Optional.of(protocol.toLowerCase(Locale.ROOT));
      method = "GET"; // as HTTP/1.1 has it, so that layers and logs see one form
    }
    return RequestHead.received(
        method, scheme, authority, path, HttpVersion.HTTP_2, new FieldList(fields), wanted);
  }

  /** Host and port, and nothing else (RFC 9113, section 8.5). */
  private static RequestHead connect(
      int stream,
      @Nullable String scheme,
      @Nullable String authority,
      @Nullable String path,
      Http2Headers fields)
      throws Http2Exception {
    if (scheme != null || path != null) {
      throw malformed(stream, "CONNECT: it has neither scheme nor path");
    }
    if (authority == null || !RequestSyntax.isHostAndPort(authority)) {
      throw malformed(stream, "authority");
    }
    checkValues(stream, fields);
    joinCookies(fields);
    fields.remove(HttpHeaderNames.CONTENT_LENGTH);
    return new RequestHead(
        "CONNECT", "http", authority, "", HttpVersion.HTTP_2, new FieldList(fields));
  }

  /** RFC 9113, section 8.2.1; the HPACK decoder has seen to the rest of it. */
  private static void checkValues(int stream, Http2Headers fields) throws Http2Exception {
    for (var field : fields) {
      var value = field.getValue();
      if (!value.isEmpty() && value.charAt(value.length() - 1) <= ' ') {
        throw malformed(stream, "value that ends in a blank");
      }
    }
  }

  /** Crumbs of a cookie are joined before anyone else sees them (RFC 9113, section 8.2.3). */
  private static void joinCookies(Http2Headers fields) {
    if (fields.contains(COOKIE)) {
      var crumbs = fields.getAll(COOKIE);
      if (crumbs.size() > 1) {
        fields.set(COOKIE, String.join("; ", crumbs));
      }
    }
  }

  /** An answer's head, interim or final. */
  static ResponseHead response(int stream, Http2Headers fields) throws Http2Exception {
    var status = take(fields, Http2Headers.PseudoHeaderName.STATUS.value());
    if (status == null || status.length() != 3) {
      throw malformed(stream, "status");
    }
    checkValues(stream, fields);
    var code = 0;
    for (var i = 0; i < status.length(); i++) {
      var digit = status.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        throw malformed(stream, "status");
      }
      code = code * 10 + digit;
    }
    if (code < 100 || code > 599 || code == SWITCHING_PROTOCOLS) { // 101 has no meaning in HTTP/2
      throw malformed(stream, "status");
    }
    return new ResponseHead(code, new FieldList(fields));
  }

  /** Trailers, without the fields that mean something only at a message's start. */
  static Headers trailers(Http2Headers fields) {
    var trailers = new FieldList(fields);
    TrailerFields.clean(trailers);
    return fields.isEmpty() ? Headers.none() : trailers;
  }

  /** The length that a head announces; the codec has made sure that it is a number. */
  static long contentLength(Headers headers) {
    var length = headers.get("content-length");
    return length == null ? BodyStream.UNKNOWN : Long.parseLong(length);
  }

  /** The head of an answer that opens a tunnel, as all versions have it. */
  static ResponseHead opened(RequestHead request, ResponseHead head) {
    head.headers().remove("content-length"); // of what? RFC 9110, section 9.3.6
    head.headers().remove(WebSocketHandshake.ACCEPT);
    return request.protocol().isPresent()
        ? new ResponseHead(SWITCHING_PROTOCOLS, head.headers())
        : head;
  }

  /** A request's head for the wire. */
  static Http2Headers encode(RequestHead head) {
    if (head.isTunnel()) {
      return tunnel(head);
    }
    return ReadOnlyHttp2Headers.clientHeaders(
        false,
        AsciiString.of(head.method()),
        AsciiString.of(head.path()),
        AsciiString.of(head.scheme()),
        AsciiString.of(head.authority()),
        FieldList.encoded(head.headers()));
  }

  /** A request for a tunnel: CONNECT, extended for WebSocket (RFC 8441, section 4). */
  private static Http2Headers tunnel(RequestHead head) {
    var fields = new DefaultHttp2Headers(false).method("CONNECT").authority(head.authority());
    if (head.protocol().isPresent()) {
      fields.scheme(head.scheme()).path(head.path());
      fields.set(Http2Headers.PseudoHeaderName.PROTOCOL.value(), head.protocol().get());
    }
    var encoded = FieldList.encoded(head.headers());
    for (var i = 0; i < encoded.length; i += 2) {
      if (!HANDSHAKE.contains(encoded[i].toString())) { // HTTP/1.1's, not HTTP/2's
        fields.add(encoded[i], encoded[i + 1]);
      }
    }
    return fields;
  }

  /** An answer's head for the wire. */
  static Http2Headers encode(ResponseHead head) {
    if (head.status() == SWITCHING_PROTOCOLS) {
      head.headers().remove(WebSocketHandshake.ACCEPT);
      return encode(new ResponseHead(OK, head.headers()));
    }
    return ReadOnlyHttp2Headers.serverHeaders(
        false,
        HttpResponseStatus.valueOf(head.status()).codeAsText(),
        FieldList.encoded(head.headers()));
  }

  private static @Nullable String take(Http2Headers fields, CharSequence name) {
    var value = fields.getAndRemove(name);
    return value == null ? null : value.toString();
  }

  private static Http2Exception malformed(int stream, String what) {
    return Http2Exception.streamError(stream, PROTOCOL_ERROR, "malformed %s", what);
  }
}
