package dev.ondine.it.mesh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.testkit.http2.Frame;
import dev.ondine.testkit.http2.RawHttp2;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A workload is spoken to by what is said of its port, whatever its callers speak. */
class SaidProtocolTest {
  @TempDir private Path folder;
  private MeshHarness mesh;

  @BeforeEach
  void start() throws Exception {
    mesh = new MeshHarness(folder);
  }

  @AfterEach
  void end() {
    mesh.close();
  }

  @Test
  void aPortOfHttpGetsHttp1FromACallerOfHttp2() throws Exception {
    var workload = mesh.backend("orders-0");
    var sidecar = mesh.workload("orders", "orders-0", List.of("80:" + workload.port() + "/http"));

    try (var client = RawHttp2.connect(sidecar.inboundPort())) {
      client.request(1, false, "POST", "/");
      client.send(Frame.DATA, 1, 1, "a body".getBytes(UTF_8));

      var head = client.fields(client.readUntil(Frame.HEADERS).orElseThrow());
      assertThat(head).containsEntry(":status", "200");
      var body = client.readUntil(Frame.DATA).orElseThrow().payload();
      assertThat(UTF_8.decode(body).toString()).isEqualTo("orders-0");
    }
  }

  @Test
  void aPortOfHttp2GetsItFromACallerOfHttp1() throws Exception {
    var workload =
        new RawWorkload(
            (connection, head) -> connection.headers(head.stream(), true, ":status", "204"));
    try (workload;
        var client = HttpClient.newHttpClient()) {
      var sidecar =
          mesh.workload("orders", "orders-0", List.of("80:" + workload.port() + "/http2"));

      var uri = URI.create("http://127.0.0.1:" + sidecar.inboundPort() + "/");
      var request = HttpRequest.newBuilder(uri).version(HttpClient.Version.HTTP_1_1).build();
      assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(204);

      assertThat(workload.requests()).isEqualTo(1);
    }
  }
}
