package dev.ondine.it.system.xds;

import dev.ondine.testkit.grpc.Echo;
import dev.ondine.testkit.grpc.EchoServer;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A gRPC service whose endpoints live in this JVM, called through a channel. */
final class GrpcService implements Service, AutoCloseable {
  private static final long LIMIT_SECONDS = 5;

  private final Map<String, EchoServer> endpoints = new HashMap<>();
  private final ManagedChannel channel;
  private final HttpService.Registrar registrar;

  /** Ends with the channel. */
  GrpcService(ManagedChannel channel, HttpService.Registrar registrar) {
    this.channel = channel;
    this.registrar = registrar;
  }

  @Override
  public void add(String endpoint) throws Exception {
    var server = EchoServer.start();
    endpoints.put(endpoint, server);
    registrar.register(endpoint, server.port());
  }

  @Override
  public String request() throws IOException {
    ClientCalls.blockingUnaryCall(
        channel,
        Echo.UNARY,
        CallOptions.DEFAULT.withDeadlineAfter(LIMIT_SECONDS, TimeUnit.SECONDS),
        "hello");
    return endpoints.entrySet().stream()
        .filter(endpoint -> endpoint.getValue().calls().poll() != null)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(() -> new IOException("answered, but by none of " + endpoints.keySet()));
  }

  @Override
  public void close() {
    channel.shutdownNow();
    endpoints.values().forEach(EchoServer::close);
  }
}
