package dev.ondine.it.system.wrap;

import dev.ondine.testkit.process.Child;
import dev.ondine.testkit.process.Processes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A host of the test's own: a network namespace without a default route, a second one that is
 * another host beside it, a third one for a workload alone, a cgroup that is the parent of all
 * others, and a folder that every user may read. The namespaces go with their processes, the rest
 * when it is closed.
 */
final class SharedHost implements AutoCloseable {
  static final String IPV4 = "10.79.0.1";
  static final String IPV6 = "fd79::1";
  static final String FAR_IPV4 = "10.79.0.2";
  static final String FAR_IPV6 = "fd79::2";
  static final String NEAR_IPV4 = "10.79.1.1";
  static final String ALONE_IPV4 = "10.79.1.2";
  private static final String FAR_LINK_LOCAL = "fe80::79:2";

  private static final Duration START = Duration.ofSeconds(10);
  private static final Duration LIMIT = Duration.ofSeconds(15);

  private final Processes processes;
  private final Path folder;
  private final Path cgroup;
  private final Thread onSignal = new Thread(this::removeAll, "remove-shared-host");
  private int commands;
  private long here;
  private long far;
  private long alone;
  private String link = "";

  private SharedHost(Processes processes, Path folder, Path cgroup) {
    this.processes = processes;
    this.folder = folder;
    this.cgroup = cgroup;
    Runtime.getRuntime().addShutdownHook(onSignal);
  }

  static SharedHost create(Processes processes) throws IOException, InterruptedException {
    // Not in the work folder: sidecars are unprivileged, and often may not look in there.
    var folder =
        Files.createTempDirectory(
            "ondine-wrap-",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    var host = new SharedHost(processes, folder, Cgroups.mount().resolve(folder.getFileName()));
    try {
      host.make();
      return host;
    } catch (IOException | InterruptedException | RuntimeException e) {
      host.closeAfter(e);
      throw e;
    }
  }

  private void make() throws IOException, InterruptedException {
    Files.createDirectory(cgroup);
    // Nobody listens there: an answer to a query is the sidecar's.
    Files.writeString(folder.resolve("resolv.conf"), "nameserver " + FAR_IPV4 + "\n");
    here =
        hold(
            "host",
            "mount --bind \"$1/resolv.conf\" /etc/resolv.conf && : >\"$1/host\" && exec sleep"
                + " infinity");
    far = hold("far", ": >\"$1/far\" && exec sleep infinity");
    link = "wrap" + here % 1_000_000;
    run(
        "ip", "link", "add", link, "netns", "" + here, "type", "veth", "peer", link, "netns",
        "" + far);
    for (var address : List.of(IPV4 + "/24", IPV6 + "/64")) {
      inside("ip", "addr", "add", address, "dev", link, "nodad");
    }
    for (var address : List.of(FAR_IPV4 + "/24", FAR_IPV6 + "/64", FAR_LINK_LOCAL + "/64")) {
      outside("ip", "addr", "add", address, "dev", link, "nodad");
    }
    for (var device : List.of("lo", link)) {
      inside("ip", "link", "set", device, "up");
      outside("ip", "link", "set", device, "up");
    }
    makeAlone();
  }

  private void makeAlone() throws IOException, InterruptedException {
    alone = hold("alone", ": >\"$1/alone\" && exec sleep infinity");
    var device = link + "a";
    run(
        "ip",
        "link",
        "add",
        device,
        "netns",
        "" + here,
        "type",
        "veth",
        "peer",
        device,
        "netns",
        "" + alone);
    inside("ip", "addr", "add", NEAR_IPV4 + "/24", "dev", device);
    inside("ip", "link", "set", device, "up");
    insideAlone("ip", "addr", "add", ALONE_IPV4 + "/24", "dev", device);
    insideAlone("ip", "link", "set", "lo", "up");
    insideAlone("ip", "link", "set", device, "up");
    insideAlone("ip", "route", "add", "default", "via", NEAR_IPV4);
  }

  /** The network namespace for a workload alone, as {@code --netns} takes it. */
  String aloneNetns() {
    return "/proc/" + alone + "/ns/net";
  }

  private long hold(String name, String script) throws IOException {
    var holder =
        processes.start(
            name,
            "unshare",
            "--net",
            "--mount",
            "--propagation",
            "private",
            "sh",
            "-c",
            script,
            name,
            folder.toString());
    holder.awaitReady("make its namespaces", START, () -> Files.exists(folder.resolve(name)));
    return holder.pid();
  }

  /** The other host's link-local address as the host has to write it, in brackets. */
  String farLinkLocal() {
    return "[" + FAR_LINK_LOCAL + "%" + link + "]";
  }

  /** Readable by everybody. */
  Path folder() {
    return folder;
  }

  /** The parent of the workloads' cgroups. */
  Path cgroup() {
    return cgroup;
  }

  /** The parent of the workloads' cgroups, as {@code --cgroup} takes it. */
  String cgroupFlag() {
    return "/" + cgroup.getFileName();
  }

  /** Starts a process on the host. */
  Child start(String name, Map<String, String> environment, List<String> words) throws IOException {
    return processes.start(name, environment, on(here, words));
  }

  /** Starts a process on the other host. */
  Child startFar(String name, List<String> words) throws IOException {
    return processes.start(name, Map.of(), on(far, words));
  }

  /** Runs a command on the host; returns what it printed. */
  String inside(String... words) throws IOException, InterruptedException {
    return run(on(here, List.of(words)).toArray(String[]::new));
  }

  /** Runs a command on the other host; returns what it printed. */
  String outside(String... words) throws IOException, InterruptedException {
    return run(on(far, List.of(words)).toArray(String[]::new));
  }

  /** Runs a command beside the workload that has a network to itself; returns what it printed. */
  String insideAlone(String... words) throws IOException, InterruptedException {
    return run(on(alone, List.of(words)).toArray(String[]::new));
  }

  private String run(String... words) throws IOException, InterruptedException {
    return processes.run("command-" + ++commands, words).strip();
  }

  private static List<String> on(long pid, List<String> words) {
    var command =
        new ArrayList<>(
            List.of("nsenter", "--target", Long.toString(pid), "--net", "--mount", "--"));
    command.addAll(words);
    return command;
  }

  private void closeAfter(Exception failure) {
    try {
      close();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void close() {
    try {
      removeAll();
    } finally {
      forgetHook();
    }
  }

  private void forgetHook() {
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException _) {
      // The JVM is ending, and the hook with it.
    }
  }

  private void removeAll() {
    try {
      Cgroups.remove(cgroup, LIMIT);
    } finally {
      removeFolder();
    }
  }

  private void removeFolder() {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + folder, e);
    }
  }
}
