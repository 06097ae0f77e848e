package dev.ondine.proxy.http;

/** Something that answers requests: an endpoint, a pool of them, or a whole stack of layers. */
@FunctionalInterface
public interface HttpService {
  /**
   * Takes an exchange and sees to its end: exactly one of {@link HttpExchange#respond}, {@link
   * HttpExchange#reply} and {@link HttpExchange#fail} is called on it, now or later, on its loop.
   */
  void serve(HttpExchange exchange);
}
