package dev.ondine.it.mesh;

import static org.awaitility.Awaitility.await;

import dev.ondine.base.time.Ticker;
import dev.ondine.control.ControlPlane;
import dev.ondine.control.ControlSettings;
import dev.ondine.control.ControlStartException;
import dev.ondine.control.IdentitySettings;
import dev.ondine.control.ca.CaConfig;
import dev.ondine.control.ca.CaSettings;
import dev.ondine.control.ca.LocalIdentity;
import dev.ondine.control.registry.Registry;
import dev.ondine.proxy.identity.IdentityConfig;
import dev.ondine.proxy.identity.KeyFile;
import dev.ondine.proxy.tls.KeyMaterial;
import dev.ondine.proxy.transport.Cidr;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** A mesh whose parts a test starts, kills and starts again; what is left it ends. */
final class MeshHarness implements AutoCloseable {
  static final String TRUST_DOMAIN = "mesh.test";

  private final Path folder;
  private final Optional<CaSettings> ca;
  private final Deque<Part> opened = new ArrayDeque<>();
  private ControlPlane control;
  private InetSocketAddress xds;

  /** Something to end. */
  interface Part extends AutoCloseable {
    @Override
    void close();
  }

  /** A mesh in the clear with its control plane, whose store lies in the folder. */
  MeshHarness(Path folder) throws ControlStartException {
    this(folder, Optional.empty());
  }

  /** A mesh whose sidecars prove who they are. */
  static MeshHarness withIdentity(Path folder, CaSettings ca) throws ControlStartException {
    return new MeshHarness(folder, Optional.of(ca));
  }

  private MeshHarness(Path folder, Optional<CaSettings> ca) throws ControlStartException {
    this.folder = folder;
    this.ca = ca;
    this.control = startControl(loopback(0));
    this.xds = control.xds().getFirst();
  }

  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  private ControlPlane startControl(InetSocketAddress address) throws ControlStartException {
    var settings =
        new ControlSettings(
            List.of(address), loopback(0), folder.resolve("control.db"), Optional.empty());
    return ControlPlane.start(
        ca.map(times -> settings.withIdentity(identity(times))).orElse(settings),
        InstantSource.system(),
        Ticker.system());
  }

  private IdentitySettings identity(CaSettings times) {
    var everybody = List.of(LocalIdentity.anybody(uid()));
    return new IdentitySettings(
        new CaConfig(TRUST_DOMAIN, folder.resolve("ca"), Optional.empty(), everybody, times),
        socket(),
        List.of());
  }

  private Path socket() {
    return folder.resolve("identity.sock");
  }

  private static int uid() {
    try {
      return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How a sidecar of this mesh comes by its identity. */
  private Optional<IdentityConfig> identity(String service, String instance) {
    return ca.map(
        _ ->
            new IdentityConfig(
                service,
                List.of(socket()),
                Optional.empty(),
                Optional.of(new KeyFile(folder.resolve(instance + ".key"), true)),
                dev.ondine.proxy.identity.IdentitySettings.DEFAULTS));
  }

  /** The running control plane. */
  ControlPlane control() {
    return control;
  }

  /** Ends the control plane; sidecars find nobody at its address. */
  void stopControl() {
    control.close();
  }

  /** Starts it anew, on the same store and the same port. */
  void restartControl() throws ControlStartException {
    control = startControl(xds);
  }

  /** The registry of the running control plane. */
  Registry registry() {
    return control.registry();
  }

  /** A sidecar beside a workload that listens on this port; ready, and registered. */
  RunningSidecar workload(String service, String instance, int port) throws IOException {
    return registered(sidecar(service, instance, List.of("80:" + port), Map.of()));
  }

  /** A sidecar beside a workload with these ports; ready, and registered. */
  RunningSidecar workload(String service, String instance, List<String> ports) throws IOException {
    return registered(sidecar(service, instance, ports, Map.of()));
  }

  /** A sidecar of a workload that only calls others; ready. */
  RunningSidecar caller(String service) throws IOException {
    return caller(service, Map.of());
  }

  /** A caller with other bounds of discovery. */
  RunningSidecar caller(String service, Map<String, String> discovery) throws IOException {
    var sidecar = sidecar(service, service + "-0", List.of(), discovery);
    await().until(() -> sidecar.admin("/ready").statusCode() == 200);
    return sidecar;
  }

  /**
   * A sidecar of a workload whose connections arrive as if they were redirected; ready.
   *
   * @param destination where the next ones were meant to go
   */
  RunningSidecar redirected(String service, AtomicReference<InetSocketAddress> destination)
      throws IOException {
    var sidecar =
        new RunningSidecar(
            service,
            service + "-0",
            List.of(),
            xds,
            Map.of("maxWait", "20s"),
            Optional.of(_ -> Optional.of(destination.get())),
            List.of(),
            Optional.empty(),
            identity(service, service + "-0"));
    opened.push(sidecar);
    await().until(() -> sidecar.admin("/ready").statusCode() == 200);
    return sidecar;
  }

  /** A sidecar beside a workload with these ports, for callers by TLS too; ready, registered. */
  RunningSidecar workload(String service, String instance, List<String> ports, KeyMaterial tls)
      throws IOException {
    var sidecar =
        new RunningSidecar(
            service,
            instance,
            ports,
            xds,
            Map.of("maxWait", "20s"),
            Optional.empty(),
            List.of(),
            Optional.of(tls),
            identity(service, instance));
    opened.push(sidecar);
    return registered(sidecar);
  }

  /** A sidecar beside a workload, behind proxies on loopback that speak for clients. */
  RunningSidecar behindProxies(String service, int port) throws IOException {
    var sidecar =
        new RunningSidecar(
            service,
            service + "-0",
            List.of("80:" + port),
            xds,
            Map.of(),
            Optional.empty(),
            List.of(Cidr.parse("127.0.0.1")),
            Optional.empty(),
            identity(service, service + "-0"));
    opened.push(sidecar);
    return registered(sidecar);
  }

  /** A sidecar that is started, whatever it finds. */
  RunningSidecar sidecar(
      String service, String instance, List<String> ports, Map<String, String> discovery)
      throws IOException {
    var settings = new HashMap<>(discovery);
    settings.putIfAbsent("maxWait", "20s"); // the machine of a test may be slow
    var sidecar =
        new RunningSidecar(
            service,
            instance,
            ports,
            xds,
            settings,
            Optional.empty(),
            List.of(),
            Optional.empty(),
            identity(service, instance));
    opened.push(sidecar);
    return sidecar;
  }

  private static RunningSidecar registered(RunningSidecar sidecar) {
    await().until(() -> sidecar.admin("/ready").body().contains("\"registered\""));
    return sidecar;
  }

  /** Ends it with the mesh. */
  <P extends Part> P keep(P part) {
    opened.push(part);
    return part;
  }

  /** A workload that answers with this name. */
  Backend backend(String name) throws IOException {
    var backend = new Backend(name);
    opened.push(backend);
    return backend;
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
    control.close();
  }
}
