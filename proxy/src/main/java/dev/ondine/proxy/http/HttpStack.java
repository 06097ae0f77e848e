package dev.ondine.proxy.http;

import java.util.ArrayList;
import java.util.List;

/** Layers in the order in which a request meets them, to be put on top of a service. */
public final class HttpStack {
  private final List<HttpLayer> layers = new ArrayList<>();

  private HttpStack() {}

  /** Begins with the layer that meets a request first and its answer last. */
  public static HttpStack outermost(HttpLayer layer) {
    return new HttpStack().then(layer);
  }

  /** The next layer inwards. */
  public HttpStack then(HttpLayer layer) {
    layers.add(layer);
    return this;
  }

  /** The whole stack as one service, with the innermost service below all layers. */
  public HttpService into(HttpService innermost) {
    var service = innermost;
    for (var layer : layers.reversed()) {
      service = layer.around(service);
    }
    return service;
  }
}
