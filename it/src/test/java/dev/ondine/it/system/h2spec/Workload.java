package dev.ondine.it.system.h2spec;

import dev.ondine.testkit.process.Nginx;
import dev.ondine.testkit.process.Ports;
import dev.ondine.testkit.process.Processes;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The workload: nginx, which answers everything with a body, once it has read the request's to its
 * end: an earlier answer would race with what h2spec still sends.
 *
 * @param http1 the port at which it speaks HTTP/1.1
 * @param http2 the port at which it speaks HTTP/2 with prior knowledge
 * @param answering the port behind both, from which the answers come
 */
record Workload(int http1, int http2, int answering) {
  static Workload start(Processes processes, Path work) throws IOException {
    var workload = new Workload(Ports.free(), Ports.free(), Ports.free());
    var http =
        """
        access_log off;
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
        """
            .formatted(workload.http1, workload.http2, workload.answering);
    var _ = Nginx.start(processes, work, http, workload.http1, workload.http2, workload.answering);
    return workload;
  }
}
