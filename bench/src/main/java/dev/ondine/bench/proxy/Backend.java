package dev.ondine.bench.proxy;

import dev.ondine.testkit.process.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What answers behind the proxies: nginx with a small fixed body, cheap enough never to limit. */
record Backend(int port) {
  private static final int BODY_BYTES = 128;

  static Backend start(Workplace workplace) throws IOException {
    var port = Ports.free();
    var folder = Files.createDirectories(workplace.work().resolve("nginx"));
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
          access_log off;
          client_body_temp_path temp;
          proxy_temp_path temp;
          fastcgi_temp_path temp;
          uwsgi_temp_path temp;
          scgi_temp_path temp;
          keepalive_timeout 1h;
          keepalive_requests 1000000000;
          default_type text/plain;
          server {
            listen 127.0.0.1:%d;
            location / { return 200 "%s"; }
          }
        }
        """
            .formatted(port, "x".repeat(BODY_BYTES)));
    var nginx =
        workplace
            .processes()
            .start(
                "nginx",
                Map.of(),
                Workplace.onOtherCore(
                    "nginx", "-p", folder + "/", "-e", "error.log", "-c", config.toString()));
    nginx.awaitPort(port, Duration.ofSeconds(10));
    return new Backend(port);
  }

  /** Which programs the rig needs beside the proxies, each with the Debian package that has it. */
  static Map<String, String> tools() {
    return Map.of("nginx", "nginx-light", "wrk", "wrk", "taskset", "util-linux");
  }

  /** The version of nginx, for the report. */
  static List<String> versionCommand() {
    return List.of("nginx", "-v");
  }
}
