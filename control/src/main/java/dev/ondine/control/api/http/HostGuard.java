package dev.ondine.control.api.http;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Refuses requests that a web page made without its user's knowledge: by DNS rebinding (a Host that
 * is not ours) or from a foreign origin. A loopback port alone is no protection against a browser
 * on the same machine.
 */
final class HostGuard extends Handler.Wrapper {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");
  private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");

  private final Set<String> hosts;

  /**
   * @param hosts allowed besides the loopback names, lower case, without port
   */
  HostGuard(Set<String> hosts, Handler next) {
    super(next);
    this.hosts = Set.copyOf(hosts);
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    var host = request.getHeaders().get(HttpHeader.HOST);
    if (host == null || !(isOurs(host) || isLiteral(host))) {
      return refuse(
          response,
          callback,
          "host '"
              + host
              + "' is not one of this server's names; use its address, or the name that it listens"
              + " on");
    }
    var origin = request.getHeaders().get(HttpHeader.ORIGIN);
    if (origin != null && !isOurs(origin.replaceFirst("^https?://", ""))) {
      return refuse(response, callback, "origin '" + origin + "' may not use this API");
    }
    return super.handle(request, response, callback);
  }

  private boolean isOurs(String authority) {
    var host = withoutPort(authority.toLowerCase(Locale.ROOT));
    return LOOPBACK.contains(host) || hosts.contains(host);
  }

  /** Rebinding takes a name: who wrote an address meant that address. */
  private static boolean isLiteral(String authority) {
    var host = withoutPort(authority);
    return IPV4.matcher(host).matches() || host.indexOf(':') >= 0;
  }

  private static String withoutPort(String authority) {
    if (authority.startsWith("[")) {
      var end = authority.indexOf(']');
      return end < 0 ? authority : authority.substring(1, end);
    }
    var colon = authority.indexOf(':');
    return colon < 0 ? authority : authority.substring(0, colon);
  }

  private static boolean refuse(Response response, Callback callback, String message) {
    Replies.send(response, callback, Replies.error(421, message));
    return true;
  }
}
