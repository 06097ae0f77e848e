package dev.ondine.it.mesh;

import static java.util.Objects.requireNonNull;

import dev.ondine.proxy.ReadyCheck;
import dev.ondine.proxy.Sidecar;
import dev.ondine.proxy.SidecarConfig;
import dev.ondine.proxy.TrafficSettings;
import dev.ondine.proxy.WorkloadPort;
import dev.ondine.proxy.detect.DetectionSettings;
import dev.ondine.proxy.discovery.DiscoverySettings;
import dev.ondine.proxy.endpoint.OutsideNames;
import dev.ondine.proxy.identity.IdentityConfig;
import dev.ondine.proxy.telemetry.AccessLog;
import dev.ondine.proxy.tls.KeyMaterial;
import dev.ondine.proxy.transport.Cidr;
import dev.ondine.proxy.transport.OriginalDestination;
import dev.ondine.xds.transport.ServerAddress;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** A sidecar in this JVM, with a client that calls through it as its workload would. */
final class RunningSidecar implements MeshHarness.Part {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Sidecar sidecar;
  private final HttpClient client;
  private final HttpClient plain =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private boolean closed;

  /**
   * @param redirected where connections were meant to go that arrive as if they were redirected
   * @param proxyProtocolFrom whose headers of the PROXY protocol are believed
   * @param tls what it proves itself by to callers that speak TLS
   * @param identity how it proves who its workload is
   */
  RunningSidecar(
      String service,
      String instance,
      List<String> ports,
      InetSocketAddress control,
      Map<String, String> discovery,
      Optional<OriginalDestination> redirected,
      List<Cidr> proxyProtocolFrom,
      Optional<KeyMaterial> tls,
      Optional<IdentityConfig> identity)
      throws IOException {
    var loopback = MeshHarness.loopback(0);
    var config =
        new SidecarConfig(
            service,
            "default",
            instance,
            ports.stream().map(WorkloadPort::parse).toList(),
            Optional.of(loopback.getAddress()),
            "",
            new ReadyCheck.Tcp(),
            List.of(new ServerAddress("127.0.0.1", control.getPort())),
            redirected.isPresent() ? SidecarConfig.Mode.REDIRECT : SidecarConfig.Mode.EXPLICIT,
            loopback,
            loopback,
            loopback,
            loopback,
            List.of(loopback),
            0,
            Optional.empty(),
            Path.of("/etc/resolv.conf"),
            Duration.ofSeconds(10),
            AccessLog.Extent.NONE,
            OutsideNames.Policy.PASSTHROUGH,
            Duration.ZERO,
            DetectionSettings.defaults(),
            proxyProtocolFrom,
            Optional.empty(),
            DiscoverySettings.parse(discovery),
            tls,
            identity,
            TrafficSettings.DEFAULTS);
    sidecar =
        new Sidecar(
            config,
            OutputStream.nullOutputStream(),
            () -> ThreadLocalRandom.current().nextLong(),
            () -> ThreadLocalRandom.current().nextLong(),
            InstantSource.system(),
            redirected.orElse(OriginalDestination.NONE));
    sidecar.start();
    client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .proxy(ProxySelector.of(address("explicit")))
            .build();
  }

  private InetSocketAddress address(String listener) {
    return (InetSocketAddress) requireNonNull(sidecar.addresses().get(listener), listener);
  }

  /** The port at which the workload reaches the mesh. */
  int explicitPort() {
    return address("explicit").getPort();
  }

  /** The port at which others reach the first port of the workload. */
  int inboundPort() {
    return address("inbound").getPort();
  }

  /** Where connections arrive as if they were redirected. */
  InetSocketAddress outbound() {
    return address("outbound");
  }

  /** A GET of this URL through the sidecar. */
  HttpResponse<String> get(String url) throws IOException, InterruptedException {
    return client.send(request(url), BodyHandlers.ofString());
  }

  /** The port of the admin API. */
  int adminPort() {
    return address("admin").getPort();
  }

  /** A page of the admin API. */
  HttpResponse<String> admin(String path) throws IOException, InterruptedException {
    var url = "http://127.0.0.1:" + adminPort() + path;
    return plain.send(request(url), BodyHandlers.ofString());
  }

  private static HttpRequest request(String url) {
    return HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build();
  }

  /** Takes the workload out of the mesh while it serves on. */
  void drain() {
    sidecar.drain(PATIENCE);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      client.close();
      plain.close();
      sidecar.stop();
    }
  }
}
