package dev.ondine.control.api.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** How answers, and errors as the one JSON shape of the API, reach the wire. */
final class Replies {
  private Replies() {}

  /** {@code {"errors":[{"message": …}]}}. */
  static ApiResponse error(int status, String message) {
    var body = JsonNodeFactory.instance.objectNode();
    body.putArray("errors").addObject().put("message", message);
    return ApiResponse.json(status, body.toString());
  }

  static void send(Response response, Callback callback, ApiResponse answer) {
    response.setStatus(answer.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.contentType());
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    response.write(true, StandardCharsets.UTF_8.encode(answer.body()), callback);
  }
}
