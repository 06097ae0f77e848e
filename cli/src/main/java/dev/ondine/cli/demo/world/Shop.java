package dev.ondine.cli.demo.world;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** Everything that runs in the demo. */
public final class Shop {
  private static final Duration START = Duration.ofSeconds(20);

  private final Place place;
  private final Patience patience;
  private final Network network = new Network();
  private final ControlProcess control;
  private final List<Workload> workloads = new CopyOnWriteArrayList<>();

  public Shop(Place place, Patience patience) {
    this.place = place;
    this.patience = patience;
    this.control = new ControlProcess(place, patience);
  }

  /** The control plane. */
  public ControlProcess control() {
    return control;
  }

  /** Where it all runs. */
  public Place place() {
    return place;
  }

  /** All workloads that were started, also those that have ended. */
  public List<Workload> workloads() {
    return workloads;
  }

  /** A workload that was started. */
  public Workload workload(String name) throws DemoException {
    return workloads.stream()
        .filter(workload -> workload.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new DemoException("there is no " + name));
  }

  /** Makes the network. */
  public void open() throws DemoException, IOException, InterruptedException {
    network.create();
  }

  /** Starts an instance of a service; returns at once. */
  public Workload start(ShopService service, String name)
      throws DemoException, IOException, InterruptedException {
    var folder = Files.createDirectories(place.folder().resolve(name));
    Files.createDirectories(folder.resolve("files"));
    Files.writeString(
        folder.resolve("files/item.json"), "{\"item\":\"chair\",\"from\":\"" + name + "\"}\n");
    for (var source : service.sources()) {
      Files.copy(place.home().resolve("share/demo").resolve(source), folder.resolve(source));
    }
    return start(
        service.name(),
        name,
        Optional.of(service.port()),
        service.command().apply(folder),
        Map.of());
  }

  /**
   * Starts a workload: a process with a sidecar, in a network of its own. Returns at once.
   *
   * @param port empty: it only calls others
   * @param settings for the sidecar, as variables of its environment
   */
  public Workload start(
      String service,
      String name,
      Optional<String> port,
      List<String> program,
      Map<String, String> settings)
      throws DemoException, IOException, InterruptedException {
    return begin(service, name, port, program, settings, false);
  }

  /** Starts the customer: a workload that is told what to do by its input. */
  public CustomerProcess startCustomer(String name)
      throws DemoException, IOException, InterruptedException {
    var log = place.folder().resolve(name).resolve("client.log");
    var program = List.of(place.ondine(), "demo-customer", "--log", log.toString());
    return new CustomerProcess(begin(name, name, Optional.empty(), program, Map.of(), true), log);
  }

  private Workload begin(
      String service,
      String name,
      Optional<String> port,
      List<String> program,
      Map<String, String> settings,
      boolean talking)
      throws DemoException, IOException, InterruptedException {
    return supervise(service, name, network.join(name), port, program, settings, talking);
  }

  /**
   * Starts a workload again whose supervisor was killed: in the same network, with what is there.
   */
  public Workload startAgain(Workload killed) throws DemoException, IOException {
    var service = ShopService.named(killed.service());
    workloads.remove(killed);
    return supervise(
        service.name(),
        killed.name(),
        killed.address(),
        Optional.of(service.port()),
        service.command().apply(killed.folder()),
        Map.of(),
        false);
  }

  private Workload supervise(
      String service,
      String name,
      String address,
      Optional<String> port,
      List<String> program,
      Map<String, String> settings,
      boolean talking)
      throws IOException {
    var folder = place.folder().resolve(name);
    var command = new ArrayList<>(List.of(place.ondine(), "run", "--service", service));
    command.addAll(List.of("--instance", name, "--netns", name, "--control", control.xds()));
    command.addAll(List.of("--drain", "5s", "--grace", "3s", "--sidecar-log"));
    Files.createDirectories(folder);
    command.add(folder.resolve("sidecar.log").toString());
    port.ifPresent(text -> command.addAll(List.of("--port", text)));
    command.add("--");
    command.addAll(program);
    var supervisor =
        talking
            ? Programs.startTalking(command, folder, settings)
            : Programs.start(command, folder, settings);
    var workload = new Workload(name, service, port.isPresent(), address, folder, supervisor);
    workloads.add(workload);
    return workload;
  }

  /** Waits until the mesh knows a workload; returns how long that took. */
  public Duration awaitReady(Workload workload)
      throws DemoException, IOException, InterruptedException {
    return patience.until(
        START,
        Duration.ofMillis(20),
        workload.name() + " was not ready",
        () -> {
          if (!workload.supervisor().isAlive()) {
            throw new DemoException(workload.name() + " has ended" + workload.lastWords());
          }
          return workload.isStarted() && (!workload.serves() || isAdvertised(workload));
        });
  }

  private boolean isAdvertised(Workload workload) {
    for (var known : control.api().get("/v1/workloads").path("workloads")) {
      if (known.path("name").asText().equals(workload.name())) {
        return known.path("state").asText().equals("READY");
      }
    }
    return false;
  }

  /** The sidecar alone, without supervisor and process: its process, in a network of its own. */
  public LoneSidecar startLoneSidecar(String name)
      throws DemoException, IOException, InterruptedException {
    network.join(name);
    return LoneSidecar.start(place, patience, control.xds(), name);
  }

  /**
   * Runs curl in a workload's network; returns what it printed.
   *
   * @param format see curl's {@code --write-out}
   */
  public String curl(Workload workload, String url, String format)
      throws DemoException, IOException, InterruptedException {
    return Programs.run(
        List.of(
            "nsenter",
            "--net=/run/netns/" + workload.name(),
            "curl",
            "--silent",
            "--max-time",
            "10",
            "--output",
            "/dev/null",
            "--write-out",
            format,
            url),
        "");
  }

  /** Ends everything in order, but does not wait long for it. */
  public void close() throws InterruptedException {
    workloads.forEach(Workload::askToStop);
    var end = patience.nanos() + TimeUnit.SECONDS.toNanos(4);
    for (var workload : workloads) {
      workload.hasEndedWithin(Duration.ofNanos(Math.max(0, end - patience.nanos())));
    }
    control.stop();
  }
}
