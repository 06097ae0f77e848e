package dev.ondine.cli;

import dev.ondine.proxy.Sidecar;
import dev.ondine.proxy.SidecarConfig;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The main of {@code ondine proxy}: one sidecar. The supervisor talks to it on standard input, in
 * lines: {@code drain}, then {@code stop}.
 */
public final class ProxyMain {
  private ProxyMain() {}

  /** Runs the sidecar until it is told to stop. Exits with 2 for bad settings. */
  public static void main(String[] args) {
    System.exit(run(List.of(args)));
  }

  private static int run(List<String> args) {
    if (args.contains("--help") || args.contains("-h")) {
      System.out.print(ProxyFlags.help());
      return ExitCode.OK.number();
    }
    SidecarConfig config;
    try {
      config = ProxyFlags.parse(args, System.getenv());
    } catch (ProxyFlags.UsageException e) {
      System.err.println("ondine proxy: " + e.getMessage());
      return ExitCode.USAGE.number();
    }
    var stopped = new CountDownLatch(1);
    var atOnce = new AtomicBoolean();
    var sidecar =
        new Sidecar(
            config,
            new FileOutputStream(FileDescriptor.out),
            () -> ThreadLocalRandom.current().nextLong(),
            new SecureRandom(),
            InstantSource.system());
    try {
      sidecar.start();
    } catch (IOException e) {
      System.err.println("ondine proxy: " + e.getMessage());
      sidecar.stop();
      return ExitCode.FAILURE.number();
    }
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  if (!atOnce.get()) {
                    sidecar.drain(config.drain());
                  }
                  sidecar.stop();
                  stopped.countDown();
                },
                "stop"));
    Thread.ofPlatform()
        .name("commands")
        .daemon()
        .start(
            () ->
                obey(
                    sidecar,
                    config,
                    () -> {
                      atOnce.set(true); // the supervisor drains by a command of its own
                      stopped.countDown();
                    }));
    try {
      stopped.await();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return ExitCode.OK.number();
  }

  /** Reads commands; the end of input says nothing, since not everybody has a supervisor. */
  private static void obey(Sidecar sidecar, SidecarConfig config, Runnable stop) {
    try (var commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (var line = commands.readLine(); line != null; line = commands.readLine()) {
        switch (line.strip()) {
          case "drain" -> sidecar.drain(config.drain());
          case "stop" -> {
            stop.run();
            return;
          }
          default -> System.err.println("ondine proxy: unknown command '" + line + "'");
        }
      }
    } catch (IOException e) {
      System.err.println("ondine proxy: no more commands: " + e.getMessage());
    }
  }
}
