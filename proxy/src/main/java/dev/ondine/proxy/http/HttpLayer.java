package dev.ondine.proxy.http;

/** One step of the request path, wrapped around the steps below it. */
@FunctionalInterface
public interface HttpLayer {
  /** A service that does this layer's part and leaves the rest to {@code next}. */
  HttpService around(HttpService next);
}
