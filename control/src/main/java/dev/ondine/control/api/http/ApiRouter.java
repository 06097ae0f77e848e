package dev.ondine.control.api.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the route of a request, runs its action, and makes every failure one well-formed error. */
final class ApiRouter extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(ApiRouter.class);

  private final List<ApiRoute> routes;
  private final int maxBodyBytes;

  ApiRouter(List<ApiRoute> routes, int maxBodyBytes) {
    this.routes = List.copyOf(routes);
    this.maxBodyBytes = maxBodyBytes;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    Replies.send(response, callback, answer(request, response));
    return true;
  }

  private ApiResponse answer(Request request, Response response) {
    var path = List.of(Request.getPathInContext(request).substring(1).split("/", -1));
    var there =
        routes.stream().filter(route -> route.match(path).isPresent()).collect(Collectors.toList());
    if (there.isEmpty()) {
      return Replies.error(404, "no such path: " + Request.getPathInContext(request));
    }
    var route = there.stream().filter(r -> r.method().equals(request.getMethod())).findFirst();
    if (route.isEmpty()) {
      var allowed = there.stream().map(ApiRoute::method).collect(Collectors.joining(", "));
      response.getHeaders().put(HttpHeader.ALLOW, allowed);
      return Replies.error(405, request.getMethod() + " is not allowed here: " + allowed);
    }
    return run(route.get(), read(request, route.get().match(path).orElseThrow()));
  }

  private static ApiResponse run(ApiRoute route, ApiRequest request) {
    try {
      return route.action().answer(request);
    } catch (ApiException e) {
      return Replies.errors(e.status(), e.problems());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Replies.error(503, "control is stopping");
    } catch (Exception e) {
      LOG.error("{} {} failed", route.method(), route.pattern(), e);
      return Replies.error(500, "internal error, see control's log");
    }
  }

  private ApiRequest read(Request request, List<String> stars) {
    var contentType = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
    return new ApiRequest(
        stars, query(request), contentType == null ? "" : contentType, () -> body(request));
  }

  private static Map<String, String> query(Request request) {
    var query = new HashMap<String, String>();
    for (var field : Request.extractQueryParameters(request)) {
      query.put(field.getName(), field.getValue());
    }
    return query;
  }

  private byte[] body(Request request) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var in = Content.Source.asInputStream(request)) {
      bytes.write(in.readNBytes(maxBodyBytes + 1));
    }
    if (bytes.size() > maxBodyBytes) {
      throw new ApiException(413, "the body is longer than " + maxBodyBytes + " bytes");
    }
    return bytes.toByteArray();
  }
}
