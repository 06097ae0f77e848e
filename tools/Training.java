import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.URI;
import java.net.ProxySelector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import com.sun.net.httpserver.HttpServer;

/**
 * The training run behind the AOT caches: one control plane and one sidecar do what they will do
 * later, and their exits write what they have loaded.
 *
 * <p>Usage: java tools/Training.java DISTRIBUTION
 */
final class Training {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int REQUESTS = 200;

  private final Path dist;
  private final Path scratch;

  private Training(Path dist, Path scratch) {
    this.dist = dist;
    this.scratch = scratch;
  }

  public static void main(String[] args) throws Exception {
    var scratch = Files.createTempDirectory("ondine-training");
    try {
      new Training(Path.of(args[0]).toAbsolutePath(), scratch).run();
    } finally {
      try (var files = Files.walk(scratch)) {
        files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
      }
    }
  }

  private void run() throws Exception {
    var backend = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    backend.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          var answer = "hello".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    backend.start();
    var control =
        start("control", "control", "--xds", "127.0.0.1:0", "--admin", "127.0.0.1:0",
            "--store", scratch.resolve("control.db").toString());
    try {
      var ready = firstLine(control);
      var xds = between(ready, "xds ", ",");
      trainSidecar(xds, backend.getAddress().getPort());
      for (var path : List.of("services", "workloads", "sidecars", "documents", "status")) {
        get(HttpClient.newHttpClient(), between(ready, "admin ", "") + "/v1/" + path);
      }
    } finally {
      control.toHandle().destroy(); // SIGTERM, with its output still open
      end(control, "control");
      backend.stop(0);
    }
  }

  private void trainSidecar(String control, int backend) throws Exception {
    var admin = freePort();
    var explicit = freePort();
    var dns = freePort();
    var sidecar =
        start("sidecar", "proxy", "--service", "training", "--control", control,
            "--mode", "redirect", "--access-log", "all", "--port", "80:" + backend,
            "--address", "127.0.0.1", "--admin", "127.0.0.1:" + admin,
            "--explicit", "127.0.0.1:" + explicit, "--outbound", "127.0.0.1:0",
            "--inbound", "127.0.0.1:0", "--dns", "127.0.0.1:" + dns,
            "--run-dir", scratch.toString());
    drainOutput(sidecar);
    try {
      await("the sidecar is registered",
          () -> Files.readString(scratch.resolve("state")).strip().equals("registered"));
      query(dns, "training");
      query(dns, "nobody");
      var client =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .proxy(ProxySelector.of(new InetSocketAddress("127.0.0.1", explicit)))
              .build();
      for (var i = 0; i < REQUESTS; i++) {
        get(client, "http://training/" + i);
      }
      post(client, "http://training/", "x".repeat(100_000));
      get(client, "http://nobody/");
      http2(explicit);
      for (var page : List.of("ready", "info", "discovery", "metrics")) {
        get(HttpClient.newHttpClient(), "http://127.0.0.1:" + admin + "/" + page);
      }
    } finally {
      try (OutputStream commands = sidecar.getOutputStream()) {
        commands.write("drain\nstop\n".getBytes(StandardCharsets.UTF_8));
      }
      end(sidecar, "sidecar");
    }
  }

  /** One request with prior knowledge: connection preface, SETTINGS, HEADERS; reads a while. */
  private static void http2(int port) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(2_000);
      var out = socket.getOutputStream();
      out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.write(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
      var authority = "training".getBytes(StandardCharsets.US_ASCII);
      // HPACK: :method GET, :scheme http, :path / from the static table, :authority as a literal.
      var block = new byte[5 + authority.length];
      block[0] = (byte) 0x82;
      block[1] = (byte) 0x86;
      block[2] = (byte) 0x84;
      block[3] = 0x01;
      block[4] = (byte) authority.length;
      System.arraycopy(authority, 0, block, 5, authority.length);
      out.write(new byte[] {0, 0, (byte) block.length, 1, 5, 0, 0, 0, 1});
      out.write(block);
      out.flush();
      var in = socket.getInputStream();
      var buffer = new byte[1_024];
      for (var total = 0; total < 60; ) {
        var read = in.read(buffer);
        if (read < 0) {
          throw new IOException("the HTTP/2 connection ended after " + total + " bytes");
        }
        total += read;
      }
    }
  }

  /** A DNS query of type A, and its answer. */
  private static void query(int port, String name) throws IOException {
    var label = name.getBytes(StandardCharsets.US_ASCII);
    var message = new byte[12 + 1 + label.length + 1 + 4];
    message[2] = 1;
    message[5] = 1;
    message[12] = (byte) label.length;
    System.arraycopy(label, 0, message, 13, label.length);
    message[message.length - 3] = 1;
    message[message.length - 1] = 1;
    try (var socket = new DatagramSocket()) {
      socket.setSoTimeout(5_000);
      socket.connect(InetAddress.getLoopbackAddress(), port);
      socket.send(new DatagramPacket(message, message.length));
      socket.receive(new DatagramPacket(new byte[512], 512));
    }
  }

  private static void get(HttpClient client, String url) throws Exception {
    client.send(HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE).build(), BodyHandlers.discarding());
  }

  private static void post(HttpClient client, String url, String body) throws Exception {
    client.send(
        HttpRequest.newBuilder(URI.create(url)).timeout(PATIENCE)
            .POST(HttpRequest.BodyPublishers.ofString(body)).build(),
        BodyHandlers.discarding());
  }

  private Process start(String cache, String... arguments) throws IOException {
    var command = new java.util.ArrayList<String>();
    command.add(dist.resolve("bin/ondine").toString());
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(Map.of("ONDINE_AOT_OUTPUT", dist.resolve("lib/" + cache + ".aot").toString()));
    return builder.start();
  }

  private static String firstLine(Process process) throws IOException {
    var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    var line = out.readLine();
    while (line != null && !line.contains("is ready")) {
      System.out.println(line);
      line = out.readLine();
    }
    if (line == null) {
      throw new IOException("control ended before it was ready");
    }
    System.out.println(line);
    copy(out);
    return line;
  }

  private static void drainOutput(Process process) {
    copy(new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)));
  }

  private static void copy(BufferedReader from) {
    Thread.ofPlatform().daemon().start(() -> from.lines().forEach(System.out::println));
  }

  private static void end(Process process, String what) throws Exception {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(what + " does not end");
    }
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(String what, Condition condition) throws Exception {
    var until = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        if (condition.holds()) {
          return;
        }
      } catch (IOException _) {
        // not there yet
      }
      if (System.nanoTime() > until) {
        throw new IOException("waited in vain until " + what);
      }
      Thread.sleep(50);
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String between(String text, String from, String to) {
    var start = text.indexOf(from) + from.length();
    var end = to.isEmpty() ? text.length() : text.indexOf(to, start);
    return text.substring(start, end);
  }
}
