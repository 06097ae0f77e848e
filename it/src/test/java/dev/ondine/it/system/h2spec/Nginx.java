package dev.ondine.it.system.h2spec;

import dev.ondine.testkit.process.Ports;
import dev.ondine.testkit.process.Processes;
import dev.ondine.testkit.process.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * The workload: nginx, which answers everything with a body, once it has read the request's to its
 * end: an earlier answer would race with what h2spec still sends.
 *
 * @param http1 the port at which it speaks HTTP/1.1
 * @param http2 the port at which it speaks HTTP/2 with prior knowledge
 * @param answering the port behind both, from which the answers come
 */
record Nginx(int http1, int http2, int answering) {
  private static final Duration START = Duration.ofSeconds(10);

  /** The server. */
  static String program() throws IOException {
    return Programs.find("nginx", "the Debian package nginx-light");
  }

  static Nginx start(Processes processes, Path work) throws IOException {
    var nginx = new Nginx(Ports.free(), Ports.free(), Ports.free());
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
            listen 127.0.0.1:%1$d;
            location / { proxy_pass http://127.0.0.1:%3$d; }
          }
          server {
            listen 127.0.0.1:%2$d http2;
            location / { proxy_pass http://127.0.0.1:%3$d; }
          }
          server {
            listen 127.0.0.1:%3$d;
            location / { return 200 "hello"; }
          }
        }
        """
            .formatted(nginx.http1, nginx.http2, nginx.answering));
    var process =
        processes.start(
            "nginx", program(), "-p", folder + "/", "-e", "error.log", "-c", config.toString());
    process.awaitPort(nginx.http1, START);
    process.awaitPort(nginx.http2, START);
    process.awaitPort(nginx.answering, START);
    return nginx;
  }
}
