package dev.ondine.proxy.http.http1;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ondine.proxy.http.Authority;
import dev.ondine.proxy.http.HttpVersion;
import dev.ondine.proxy.http.MalformedPathException;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.http.RequestHead;
import dev.ondine.proxy.http.WebSocketHandshake;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the heads of requests (RFC 9112, section 3). One for each connection. */
final class RequestParser {
  private static final String[] METHODS = {
    "GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "TRACE"
  };
  private static final byte[][] METHOD_BYTES =
      Arrays.stream(METHODS).map(method -> method.getBytes(US_ASCII)).toArray(byte[][]::new);
  private static final byte[] HTTP = "HTTP/".getBytes(US_ASCII);
  private static final int VERSION_LENGTH = 8;

  private final FieldParser fields = new FieldParser();
  private final String scheme;
  private final String absolute;
  private HttpVersion version = HttpVersion.HTTP_1_1;

  // Connections repeat themselves: the next authority is mostly the last one, checked already.
  private byte @Nullable [] lastHost; // not empty: that is no authority
  private String lastAuthority = "";

  /**
   * A parser for one connection.
   *
   * @param scheme of its requests
   */
  RequestParser(String scheme) {
    this.scheme = scheme;
    this.absolute = scheme + "://";
  }

  /** What the last head said of its connection and its body. */
  FieldParser fields() {
    return fields;
  }

  /**
   * Reads a head.
   *
   * @param head belongs to the result
   * @param length with the empty line
   */
  RequestHead parse(byte[] head, int length) throws MalformedException {
    var methodEnd = 0;
    while (Syntax.isToken(head[methodEnd])) {
      methodEnd++;
    }
    var target = methodEnd + 1;
    var targetEnd = target;
    while (Syntax.isTarget(head[targetEnd])) {
      targetEnd++;
    }
    if (methodEnd == 0
        || head[methodEnd] != Syntax.SP
        || targetEnd == target
        || head[targetEnd] != Syntax.SP) {
      throw new MalformedException("the first line is not 'method target version'");
    }
    version = version(head, targetEnd + 1);
    var headers = new RawHeaders(head, length);
    fields.parse(head, targetEnd + 1 + VERSION_LENGTH + 2, length, headers);
    if (version == HttpVersion.HTTP_1_0 && fields.chunked) {
      throw new MalformedException("Transfer-Encoding in HTTP/1.0");
    }
    if (fields.hosts > 1) {
      throw new MalformedException("Host twice");
    }
    checkWishes(headers);
    var method = method(head, methodEnd);
    if (method.equals("CONNECT")) {
      return connect(text(head, target, targetEnd), headers);
    }
    if (head[target] == '/' || (head[target] == '*' && targetEnd == target + 1)) {
      return origin(method, text(head, target, targetEnd), headers);
    }
    return absolute(method, text(head, target, targetEnd), headers);
  }

  /** What a client may ask of a server beyond the request itself. */
  private void checkWishes(RawHeaders headers) throws MalformedException {
    if (fields.expect >= 0) {
      for (var expectation : headers.all("expect")) {
        if (!expectation.equalsIgnoreCase("100-continue")) {
          throw new MalformedException(
              Reason.EXPECTATION_FAILED, "the only expectation known is 100-continue");
        }
      }
    }
  }

  private RequestHead origin(String method, String path, RawHeaders headers)
      throws MalformedException {
    if (path.equals("*") && !method.equals("OPTIONS")) {
      throw new MalformedException("the target '*' is for OPTIONS only");
    }
    if (fields.hosts == 0) {
      throw new MalformedException("no Host");
    }
    return finish(method, authority(headers), path, headers);
  }

  /** As to a proxy: the target's authority replaces Host (RFC 9112, section 3.2.2). */
  private RequestHead absolute(String method, String target, RawHeaders headers)
      throws MalformedException {
    if (!target.regionMatches(true, 0, absolute, 0, absolute.length())) {
      throw new MalformedException("the target is neither a path nor an " + absolute + " URI");
    }
    var end = absolute.length();
    while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
      end++;
    }
    var authority = checkedAuthority(target.substring(absolute.length(), end));
    var path = target.substring(end);
    return finish(method, authority, path.startsWith("/") ? path : "/" + path, headers);
  }

  /** The target is host and port, both, and nothing else (RFC 9112, section 3.2.3). */
  private RequestHead connect(String target, RawHeaders headers) throws MalformedException {
    var authority = checkedAuthority(target);
    if (authority.lastIndexOf(':') <= authority.indexOf(']')) {
      throw new MalformedException("the target of CONNECT has no port");
    }
    refuseBody("CONNECT");
    takeOff(headers);
    return new RequestHead("CONNECT", scheme, authority, "", version, headers);
  }

  private RequestHead finish(String method, String authority, String path, RawHeaders headers)
      throws MalformedException {
    var toWebSocket = asksForWebSocket(method, headers);
    takeOff(headers);
    if (toWebSocket) {
      refuseBody("a WebSocket handshake");
      if (headers.all(WebSocketHandshake.KEY).size() != 1) {
        throw new MalformedException("a WebSocket handshake has one Sec-WebSocket-Key");
      }
    }
    var protocol = toWebSocket ? Optional.of(RequestHead.WEBSOCKET) : Optional.<String>empty();
    try {
      return RequestHead.received(method, scheme, authority, path, version, headers, protocol);
    } catch (MalformedPathException e) {
      throw new MalformedException(e.detail());
    }
  }

  /** What concerns this connection only; and Host, whose place the authority takes. */
  private void takeOff(RawHeaders headers) {
    if (fields.hosts > 0) {
      headers.removeAt(fields.host);
    }
    if (fields.hopByHop) {
      HopByHop.strip(headers, fields);
    }
  }

  /**
   * Whether the client asks for the one protocol that we switch to. A wish for another one is not
   * heard (RFC 9110, section 7.8): the request is served as if it had not been there.
   */
  private boolean asksForWebSocket(String method, RawHeaders headers) {
    return fields.upgrade
        && fields.switches
        && version == HttpVersion.HTTP_1_1
        && method.equals("GET")
        && Upgrades.name(headers, RequestHead.WEBSOCKET);
  }

  /** Where does a body end and the tunnel begin? Nobody shall have to ask. */
  private void refuseBody(String what) throws MalformedException {
    if (fields.chunked || fields.contentLength > 0) {
      throw new MalformedException(what + " has no body");
    }
  }

  private String authority(RawHeaders headers) throws MalformedException {
    var start = headers.valueStart(fields.host);
    var end = headers.valueEnd(fields.host);
    var last = lastHost;
    if (last == null || !Arrays.equals(headers.bytes(), start, end, last, 0, last.length)) {
      lastAuthority = checkedAuthority(text(headers.bytes(), start, end));
      lastHost = Arrays.copyOfRange(headers.bytes(), start, end);
    }
    return lastAuthority;
  }

  private static String checkedAuthority(String text) throws MalformedException {
    var fault = Authority.fault(text);
    if (fault != null) {
      throw new MalformedException("Host " + fault);
    }
    return text;
  }

  private static HttpVersion version(byte[] head, int at) throws MalformedException {
    if (!Arrays.equals(head, at, at + HTTP.length, HTTP, 0, HTTP.length)) {
      throw new MalformedException("the first line does not end in a version");
    }
    var major = head[at + 5];
    var minor = head[at + 7];
    if (!Syntax.isDigit(major)
        || head[at + 6] != '.'
        || !Syntax.isDigit(minor)
        || head[at + VERSION_LENGTH] != Syntax.CR
        || head[at + VERSION_LENGTH + 1] != Syntax.LF) {
      throw new MalformedException("the version is not HTTP/digit.digit");
    }
    if (major != '1') {
      throw new MalformedException(Reason.VERSION_NOT_SUPPORTED, "HTTP/1.0 and HTTP/1.1 only");
    }
    return minor == '0' ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1;
  }

  private static String method(byte[] head, int end) {
    for (var i = 0; i < METHODS.length; i++) {
      var known = METHOD_BYTES[i];
      if (known.length == end && Arrays.equals(head, 0, end, known, 0, end)) {
        return METHODS[i];
      }
    }
    return text(head, 0, end);
  }

  private static String text(byte[] head, int from, int to) {
    return new String(head, from, to - from, ISO_8859_1);
  }
}
