package dev.ondine.it.system.identity;

import dev.ondine.testkit.mesh.SidecarProcess;
import dev.ondine.testkit.scenario.Run;
import dev.ondine.testkit.tls.TestAuthority;
import dev.ondine.testkit.tls.TestAuthority.Issued;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * T25: certificates that are not to be taken, shown to a sidecar as a client and as a server. But
 * for what each row is about they are right: the mesh's own authority has issued them.
 */
final class TlsMatrix {
  private static final String WEB = "spiffe://mesh.local/ns/default/sa/web";
  private static final String SHOP = "spiffe://mesh.local/ns/default/sa/shop";
  private static final int PORT = 8080;
  private static final long TOLD_NANOS = 5_000_000_000L;
  private static final Pattern INBOUND =
      Pattern.compile(
          "^ondine_mtls_handshakes_total\\{direction=\"inbound\",outcome=\"(\\w+)\"} (\\S+)$",
          Pattern.MULTILINE);

  private final Run run;
  private final SecuredMesh mesh;
  private final TestAuthority authority;
  private final TestAuthority other;
  private final boolean allGood;

  /**
   * @param authority whose intermediate control issues by
   * @param allGood shows what is right instead, which is not refused
   */
  TlsMatrix(
      Run run, SecuredMesh mesh, TestAuthority authority, TestAuthority other, boolean allGood) {
    this.run = run;
    this.mesh = mesh;
    this.authority = authority;
    this.other = other;
    this.allGood = allGood;
  }

  // ---- clients ----------------------------------------------------------------------------------

  void clients(SidecarProcess callee, Orders orders) throws Exception {
    var right = authority.leaf(WEB).issue();
    run.report()
        .exactly("t25_client_right", client(callee, orders, Optional.of(right)), "completed 200");
    var rows = new ArrayList<>(TlsRow.forBoth(authority, other, WEB));
    rows.add(TlsRow.row("server_only", "wrong_usage", authority.leaf(WEB).serverOnly()));
    for (var row : rows) {
      var shown = allGood ? right : row.shown();
      run.report()
          .exactly(
              "t25_client_" + row.name(),
              client(callee, orders, Optional.of(shown)),
              row.reason() + " nothing");
    }
    run.report()
        .exactly(
            "t25_client_no_certificate",
            client(callee, orders, allGood ? Optional.of(right) : Optional.empty()),
            "no_certificate nothing");
  }

  /** How the sidecar counted it, and what came of the request. */
  private static String client(SidecarProcess callee, Orders orders, Optional<Issued> shown)
      throws Exception {
    var before = outcomes(callee);
    var requests = orders.requests();
    var answer = Stranger.byTls(callee.inbound(), shown);
    var outcome = grown(callee, before);
    var came = orders.requests() == requests ? "" : " and the workload saw it";
    return outcome
        + (answer.isEmpty()
            ? " nothing"
            : answer.startsWith("HTTP/1.1 200 ") ? " 200" : " " + answer)
        + (answer.isEmpty() ? came : "");
  }

  private static String grown(SidecarProcess callee, Map<String, Double> before) throws Exception {
    var end = System.nanoTime() + TOLD_NANOS;
    while (end - System.nanoTime() > 0) {
      var grown =
          outcomes(callee).entrySet().stream()
              .filter(now -> now.getValue() > before.getOrDefault(now.getKey(), 0.0))
              .map(Map.Entry::getKey)
              .collect(Collectors.joining(","));
      if (!grown.isEmpty()) {
        return grown;
      }
    }
    return "not counted";
  }

  private static Map<String, Double> outcomes(SidecarProcess callee) throws Exception {
    var all = new TreeMap<String, Double>();
    INBOUND
        .matcher(SecuredMesh.page(callee, "/metrics"))
        .results()
        .forEach(line -> all.put(line.group(1), Double.parseDouble(line.group(2))));
    return all;
  }

  // ---- servers ----------------------------------------------------------------------------------

  void servers(SidecarProcess caller) throws Exception {
    var right = authority.leaf(SHOP).issue();
    var rows = new ArrayList<TlsRow>();
    rows.add(new TlsRow("right", "", right));
    rows.addAll(TlsRow.forBoth(authority, other, SHOP));
    rows.add(TlsRow.row("client_only", "wrong_usage", authority.leaf(SHOP).clientOnly()));
    rows.add(TlsRow.row("wrong_san", "wrong_identity", authority.leaf(WEB)));
    var servers = new ArrayList<Impostor>();
    try {
      for (var row : rows) {
        servers.add(Impostor.showing(allGood ? right : row.shown()));
      }
      mesh.control().apply(documents(rows, servers));
      for (var i = 0; i < rows.size(); i++) {
        var row = rows.get(i);
        var seen = ask(caller, service(row)) + inside(servers.get(i));
        run.report()
            .exactly(
                "t25_server_" + row.name(),
                seen,
                row.reason().isEmpty()
                    ? "200 hello, was told the request"
                    : "503 tls_failed " + row.reason() + ", was told nothing");
      }
    } finally {
      for (var server : servers) {
        server.close();
      }
    }
  }

  private static String inside(Impostor server) {
    return server.bytes() == 0 ? ", was told nothing" : ", was told the request";
  }

  private static String service(TlsRow row) {
    return "t25-" + row.name().replace('_', '-');
  }

  /** A registration would have to be repeated. */
  private static String documents(List<TlsRow> rows, List<Impostor> servers) {
    var text = new StringBuilder();
    for (var i = 0; i < rows.size(); i++) {
      var name = service(rows.get(i));
      text.append(
          """
          ---
          apiVersion: mesh.ondine.dev/v1
          kind: Service
          metadata: {name: NAME}
          spec: {ports: [{port: 8080, protocol: http}]}
          ---
          apiVersion: mesh.ondine.dev/v1
          kind: Workload
          metadata: {name: NAME-0}
          spec:
            service: NAME
            serviceAccount: shop
            address: 127.0.0.1
            sidecar: true
            mtls: true
            ports: [{port: 8080, targetPort: TARGET, protocol: http}]
          """
              .replace("NAME", name)
              .replace("TARGET", Integer.toString(servers.get(i).port())));
    }
    return text.toString();
  }

  /** {@code expired} of {@code tls_failed: expired: ...}. */
  private static String detail(String text) {
    return text.replaceFirst("(?s)^tls_failed: (\\w+).*", "$1");
  }

  /** The answer through the caller's sidecar: its status with the reason or the body. */
  private static String ask(SidecarProcess caller, String service)
      throws IOException, InterruptedException {
    var uri = URI.create("http://" + service + ".default.mesh:" + PORT + "/");
    var proxy =
        ProxySelector.of(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), caller.explicit()));
    try (var http = HttpClient.newBuilder().proxy(proxy).build()) {
      var answer = http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
      var reason = answer.headers().firstValue("x-ondine-reason");
      var text = answer.body().strip();
      return answer.statusCode()
          + reason.map(why -> " " + why + " " + detail(text)).orElse(" " + text);
    }
  }
}
