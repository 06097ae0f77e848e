package dev.ondine.testkit.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The machine's nginx, with what a test or a measurement puts into its {@code http} block. */
public final class Nginx {
  private static final Duration START = Duration.ofSeconds(15);

  private Nginx() {}

  /**
   * Where it is.
   *
   * @throws IOException when it is missing; the message says where to get it
   */
  public static String program() throws IOException {
    return Programs.find("nginx", "the Debian package nginx-light");
  }

  /**
   * Writes its configuration; the command that starts it with one process in the foreground.
   *
   * @param work gets a folder for it
   * @param http what stands in the block: servers, logs, time-outs
   */
  public static List<String> command(Path work, String http) throws IOException {
    var folder = Files.createDirectories(work.resolve("nginx")).toAbsolutePath();
    var config = folder.resolve("nginx.conf");
    Files.writeString(
        config,
        """
        daemon off;
        master_process off;
        worker_processes 1;
        pid nginx.pid;
        events { worker_connections 1024; }
        http {
          client_body_temp_path temp;
          proxy_temp_path temp;
          fastcgi_temp_path temp;
          uwsgi_temp_path temp;
          scgi_temp_path temp;
          default_type text/plain;
        %s}
        """
            .formatted(http.indent(2)));
    return List.of(program(), "-p", folder + "/", "-e", "error.log", "-c", config.toString());
  }

  /** Starts it, and waits until it listens on all these ports. */
  public static Child start(Processes processes, Path work, String http, int... ports)
      throws IOException {
    var nginx = processes.start("nginx", command(work, http).toArray(String[]::new));
    for (var port : ports) {
      nginx.awaitPort(port, START);
    }
    return nginx;
  }
}
