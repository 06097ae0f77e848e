package dev.ondine.it.system.h2spec;

import dev.ondine.testkit.process.Ports;
import dev.ondine.testkit.process.Processes;
import dev.ondine.testkit.process.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The workload: nginx, which answers everything with a body.
 *
 * @param http1 the port at which it speaks HTTP/1.1
 * @param http2 the port at which it speaks HTTP/2 with prior knowledge
 */
record Nginx(int http1, int http2) {
  private static final Duration START = Duration.ofSeconds(10);

  static Nginx start(Processes processes, Path work) throws IOException {
    var nginx = new Nginx(Ports.free(), Ports.free());
    var folder = Files.createDirectories(work.resolve("nginx")).toAbsolutePath();
    var config = folder.resolve("nginx.conf");
    Files.writeString(
        config,
        """
        daemon off;
        master_process off;
        pid nginx.pid;
        events { worker_connections 1024; }
        http {
          access_log off;
          client_body_temp_path temp;
          proxy_temp_path temp;
          fastcgi_temp_path temp;
          uwsgi_temp_path temp;
          scgi_temp_path temp;
          default_type text/plain;
          server {
            listen 127.0.0.1:%d;
            location / { return 200 "as HTTP/1.1 has it"; }
          }
          server {
            listen 127.0.0.1:%d http2;
            location / { return 200 "as HTTP/2 has it"; }
          }
        }
        """
            .formatted(nginx.http1, nginx.http2));
    var process =
        processes.start(
            "nginx",
            Programs.find("nginx", "the Debian package nginx-light"),
            "-p",
            folder + "/",
            "-e",
            "error.log",
            "-c",
            config.toString());
    process.awaitPort(nginx.http1, START);
    process.awaitPort(nginx.http2, START);
    return nginx;
  }
}
