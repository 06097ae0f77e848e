package dev.ondine.bench.proxy;

import dev.ondine.testkit.process.Nginx;
import dev.ondine.testkit.process.Ports;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;

/** What answers behind the proxies: nginx with a small fixed body, cheap enough never to limit. */
record Backend(int port) {
  private static final int BODY_BYTES = 128;

  /** The line "accepts handled requests" of nginx's status. */
  private static final Pattern COUNTS = Pattern.compile("^ \\d+ \\d+ (\\d+)", Pattern.MULTILINE);

  static Backend start(Workplace workplace) throws IOException {
    var port = Ports.free();
    var http =
        """
        access_log off;
        keepalive_timeout 1h;
        keepalive_requests 1000000000;
        server {
          listen 127.0.0.1:%d;
          location = /status { stub_status; }
          location / { return 200 "%s"; }
        }
        """
            .formatted(port, "x".repeat(BODY_BYTES));
    var command = Nginx.command(workplace.work(), http).toArray(String[]::new);
    var nginx = workplace.processes().start("nginx", Map.of(), Workplace.onOtherCore(command));
    nginx.awaitPort(port, Duration.ofSeconds(10));
    return new Backend(port);
  }

  /** How many requests it has answered so far: what proxies claim is held against it. */
  long answered() throws IOException, InterruptedException {
    var status = URI.create("http://127.0.0.1:" + port + "/status");
    try (var http = HttpClient.newHttpClient()) {
      var text = http.send(HttpRequest.newBuilder(status).build(), BodyHandlers.ofString()).body();
      var counts = COUNTS.matcher(text);
      if (!counts.find()) {
        throw new IOException("nginx tells no status (it needs stub_status): " + text);
      }
      return Long.parseLong(counts.group(1));
    }
  }
}
