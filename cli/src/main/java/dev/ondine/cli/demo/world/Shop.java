package dev.ondine.cli.demo.world;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
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
  private final Network network;
  private final ControlProcess control;
  private final List<Workload> workloads = new CopyOnWriteArrayList<>();

  public Shop(Place place, Patience patience) throws IOException {
    this.place = place;
    this.patience = patience;
    this.network = place.network();
    this.control = new ControlProcess(place, network, patience);
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
    var spot = network.join(name, service.listensOn());
    var folder = Files.createDirectories(place.folder().resolve(name));
    Files.createDirectories(folder.resolve("files"));
    Files.writeString(
        folder.resolve("files/item.json"), "{\"item\":\"chair\",\"from\":\"" + name + "\"}\n");
    for (var source : service.sources()) {
      var text = Files.readString(place.home().resolve("share/demo").resolve(source));
      // nginx takes its port from nowhere else.
      Files.writeString(
          folder.resolve(source), text.replace("listen 8080", "listen " + spot.port()));
    }
    return start(service, name, spot, folder);
  }

  private Workload start(ShopService service, String name, Spot spot, Path folder)
      throws IOException {
    var program = service.command().of(folder, spot.port());
    var port = Optional.of(service.portFlag(spot.port()));
    return supervise(service.name(), name, spot, port, program, Map.of(), false);
  }

  /** Starts a workload again whose supervisor was killed: at the same spot, with what is there. */
  public Workload startAgain(Workload killed) throws IOException {
    workloads.remove(killed);
    return start(
        ShopService.named(killed.service()), killed.name(), killed.spot(), killed.folder());
  }

  /**
   * Starts a workload that only calls others; returns at once.
   *
   * @param settings for the sidecar, as variables of its environment
   */
  public Workload startCaller(String name, List<String> program, Map<String, String> settings)
      throws DemoException, IOException, InterruptedException {
    return supervise(name, name, network.join(name, 0), Optional.empty(), program, settings, false);
  }

  /** Starts the customer: a workload that is told what to do by its input. */
  public CustomerProcess startCustomer(String name)
      throws DemoException, IOException, InterruptedException {
    var spot = network.join(name, 0);
    var log = place.folder().resolve(name).resolve("client.log");
    var program = List.of(place.ondine(), "demo-customer", "--log", log.toString());
    return new CustomerProcess(
        supervise(name, name, spot, Optional.empty(), program, Map.of(), true), log);
  }

  /**
   * @param port empty: it only calls others
   * @param talking its input and output are ours
   */
  private Workload supervise(
      String service,
      String name,
      Spot spot,
      Optional<String> port,
      List<String> program,
      Map<String, String> settings,
      boolean talking)
      throws IOException {
    var folder = Files.createDirectories(place.folder().resolve(name));
    var command = new ArrayList<>(place.lasting());
    command.addAll(List.of("run", "--service", service));
    command.addAll(List.of("--instance", name, "--control", network.xds()));
    command.addAll(spot.flags());
    command.addAll(List.of("--drain", "5s", "--grace", "3s", "--sidecar-log"));
    command.add(folder.resolve("sidecar.log").toString());
    port.ifPresent(text -> command.addAll(List.of("--port", text)));
    command.add("--");
    command.addAll(program);
    var environment = new HashMap<>(spot.environment());
    environment.putAll(settings);
    var supervisor =
        talking
            ? Programs.startTalking(command, folder, environment)
            : Programs.start(command, folder, environment);
    var runFolder = place.runRoot().resolve("default").resolve(name);
    var workload =
        new Workload(name, service, port.isPresent(), spot, folder, runFolder, supervisor);
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
    return LoneSidecar.start(place, patience, network.xds(), network.join(name, 0), name);
  }

  /**
   * Runs curl in a workload's network; returns what it printed.
   *
   * @param format see curl's {@code --write-out}
   */
  public String curl(Workload workload, String url, String format)
      throws DemoException, IOException, InterruptedException {
    var command = new ArrayList<>(workload.spot().enter());
    command.addAll(List.of("curl", "--silent", "--max-time", "10", "--output", "/dev/null"));
    command.addAll(List.of("--write-out", format, url));
    return Programs.run(command, "");
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
