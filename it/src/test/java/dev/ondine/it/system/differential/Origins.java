package dev.ondine.it.system.differential;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.ondine.testkit.process.GoProgram;
import dev.ondine.testkit.process.Nginx;
import dev.ondine.testkit.process.Ports;
import dev.ondine.testkit.process.Processes;
import dev.ondine.testkit.process.Programs;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.component.LifeCycle;

/** The origins of one run: nginx, Node, Python, Go and Jetty, in this order. */
final class Origins implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(15);

  private final List<Origin> all;
  private final Server jetty;
  private final OutputStream jettyLog;

  private Origins(List<Origin> all, Server jetty, OutputStream jettyLog) {
    this.all = all;
    this.jetty = jetty;
    this.jettyLog = jettyLog;
  }

  /**
   * Starts all of them, or nginx and Jetty alone, which need no compiler.
   *
   * @throws IOException when one cannot be started; the message says what is missing
   */
  static Origins start(Processes processes, Path repository, Path work, boolean complete)
      throws Exception {
    var all = new ArrayList<Origin>();
    all.add(nginx(processes, work));
    if (complete) {
      others(processes, repository.resolve("it/src/test").toAbsolutePath(), work, all);
    }
    var log = work.resolve("jetty.requests");
    var jettyLog = Files.newOutputStream(log);
    var server = jetty(jettyLog);
    var port = ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    all.add(new Origin("jetty", port, log));
    return new Origins(List.copyOf(all), server, jettyLog);
  }

  private static void others(Processes processes, Path sources, Path work, List<Origin> into)
      throws IOException, InterruptedException {
    var node = origin("node", work);
    processes
        .start(
            node.name(),
            Programs.find("node", "the Debian package nodejs"),
            sources.resolve("origins/origin.js").toString(),
            Integer.toString(node.port()),
            node.log().toString())
        .awaitPort(node.port(), START);
    var python = origin("python", work);
    processes
        .start(
            python.name(),
            Programs.find("python3", "the Debian package python3"),
            sources.resolve("origins/origin.py").toString(),
            Integer.toString(python.port()),
            python.log().toString())
        .awaitPort(python.port(), START);
    into.add(node);
    into.add(python);
    into.add(go(processes, sources.resolve("go/origin"), work));
  }

  List<Origin> all() {
    return all;
  }

  private static Origin origin(String name, Path work) throws IOException {
    return new Origin(name, Ports.free(), work.resolve(name + ".requests").toAbsolutePath());
  }

  private static Origin nginx(Processes processes, Path work) throws IOException {
    var origin = origin("nginx", work);
    var http =
        """
        # Without a target it could not read the head, and has answered 400.
        map $request_uri $readable { "" 0; default 1; }
        log_format seen escape=none '$http_x_request_id $request_method $request_uri';
        access_log %2$s seen if=$readable;
        keepalive_timeout 1m;
        merge_slashes off;
        server {
          listen 127.0.0.1:%1$d;
          location / { return 200 "ok\\n"; }
        }
        """
            .formatted(origin.port(), origin.log());
    var _ = Nginx.start(processes, work, http, origin.port());
    return origin;
  }

  private static Origin go(Processes processes, Path sources, Path work)
      throws IOException, InterruptedException {
    var origin = origin("go", work);
    var program =
        GoProgram.build(processes, "the origin in Go", sources, ".", work.resolve("go-origin"));
    processes
        .start(origin.name(), program, Integer.toString(origin.port()), origin.log().toString())
        .awaitPort(origin.port(), START);
    return origin;
  }

  private static Server jetty(OutputStream log) throws Exception {
    var server = new Server();
    var connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback)
              throws Exception {
            var id = Objects.requireNonNullElse(request.getHeaders().get("x-request-id"), "-");
            var line =
                id + " " + request.getMethod() + " " + request.getHttpURI().getPathQuery() + "\n";
            synchronized (log) {
              log.write(line.getBytes(ISO_8859_1));
            }
            Content.Source.consumeAll(request);
            response.write(true, BufferUtil.toBuffer("ok\n"), callback);
            return true;
          }
        });
    server.start();
    return server;
  }

  @Override
  public void close() throws IOException {
    LifeCycle.stop(jetty);
    jettyLog.close();
  }
}
