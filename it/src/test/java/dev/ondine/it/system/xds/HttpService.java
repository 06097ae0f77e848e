package dev.ondine.it.system.xds;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** A service over plain HTTP/1.1 whose endpoints live in this JVM. */
final class HttpService implements Service, AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  /** Tells a control plane where an endpoint is. */
  @FunctionalInterface
  interface Registrar {
    void register(String endpoint, int port) throws Exception;
  }

  private final Map<String, NamedServer> endpoints = new HashMap<>();
  private final Registrar registrar;
  private HttpClient client = HttpClient.newHttpClient();
  private URI target = URI.create("http://nowhere.invalid/");

  /** Without endpoints. */
  HttpService(Registrar registrar) {
    this.registrar = registrar;
  }

  /** Requests go straight to this port of the loopback address, whatever they are called. */
  void connect(int port) {
    client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    target = URI.create("http://127.0.0.1:" + port + "/");
  }

  /** Requests for an authority go to the HTTP proxy at this port. */
  void connect(int proxy, String authority) {
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(ProxySelector.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy)))
            .build();
    target = URI.create("http://" + authority + "/");
  }

  @Override
  public void add(String endpoint) throws Exception {
    var server = NamedServer.start(endpoint);
    endpoints.put(endpoint, server);
    registrar.register(endpoint, server.port());
  }

  @Override
  public String request() throws IOException, InterruptedException {
    var answer = send(target);
    if (answer.statusCode() != 200) {
      throw new IOException(target + " answered " + answer.statusCode() + ": " + answer.body());
    }
    return answer.body();
  }

  /** One request, whatever comes of it. */
  HttpResponse<String> send(URI uri) throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(uri).timeout(LIMIT).build(), BodyHandlers.ofString());
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
    endpoints.values().forEach(NamedServer::close);
  }
}
