package dev.ondine.control.api.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ondine.control.policy.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** How answers, and errors as the one JSON shape of the API, reach the wire. */
final class Replies {
  private Replies() {}

  /** {@code {"errors":[{"message": …}]}}. */
  static ApiResponse error(int status, String message) {
    return errors(status, List.of(new Problem("", 0, "", "", message, "")));
  }

  /** {@code {"errors":[{"source", "line", "path", "value", "message", "allowed"}]}}. */
  static ApiResponse errors(int status, List<Problem> problems) {
    var body = JsonNodeFactory.instance.objectNode();
    var errors = body.putArray("errors");
    problems.forEach(problem -> write(problem, errors.addObject()));
    return ApiResponse.json(status, body);
  }

  static void send(Response response, Callback callback, ApiResponse answer) {
    response.setStatus(answer.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, answer.contentType());
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    response.write(true, StandardCharsets.UTF_8.encode(answer.body()), callback);
  }

  private static void write(Problem problem, ObjectNode error) {
    put(error, "source", problem.source());
    if (problem.line() > 0) {
      error.put("line", problem.line());
    }
    put(error, "path", problem.path());
    put(error, "value", problem.value());
    put(error, "message", problem.message());
    put(error, "allowed", problem.allowed());
  }

  private static void put(ObjectNode error, String name, String text) {
    if (!text.isEmpty()) {
      error.put(name, text);
    }
  }
}
