package dev.ondine.it.system.wrap;

import java.io.IOException;
import java.util.List;

/**
 * Who takes part.
 *
 * @param shop a workload of the host
 * @param stock another
 * @param outside a server on the other host that is no part of the mesh
 */
record World(SharedHost host, Wrapped shop, Wrapped stock, App outside) {
  private static final String LIMIT = "5";

  /** All workloads. */
  List<Wrapped> workloads() {
    return List.of(shop, stock);
  }

  /** A process of the host that is not wrapped asks for a URL. */
  String neighbour(String url) throws IOException, InterruptedException {
    return host.inside("curl", "-sS", "--fail", "--noproxy", "*", "--max-time", LIMIT, url);
  }

  /** A process of the other host asks for a URL. */
  String stranger(String url) throws IOException, InterruptedException {
    return host.outside("curl", "-sS", "--fail", "--noproxy", "*", "--max-time", LIMIT, url);
  }

  /** The URL of a path of the server outside. */
  String outsideUrl(String address, String path) {
    return "http://" + address + ":" + outside.port() + path;
  }
}
