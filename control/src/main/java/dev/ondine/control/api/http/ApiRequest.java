package dev.ondine.control.api.http;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One request to the admin API.
 *
 * @param path the parts that the route's {@code *} stand for, in order, as written
 * @param query each parameter's last value
 */
public record ApiRequest(
    List<String> path, Map<String, String> query, String contentType, Body body) {

  /** The request's body, read when asked for. */
  @FunctionalInterface
  public interface Body {
    /**
     * All of it.
     *
     * @throws ApiException 413 above the server's limit
     */
    byte[] read() throws IOException;
  }

  public ApiRequest {
    path = List.copyOf(path);
    query = Map.copyOf(query);
  }

  /** A query parameter. */
  public Optional<String> parameter(String name) {
    return Optional.ofNullable(query.get(name));
  }

  /** True where the parameter is there and is {@code true}. */
  public boolean flag(String name) {
    return "true".equals(query.get(name));
  }
}
