package dev.ondine.it.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.it.system.hostile.Cases;
import dev.ondine.it.system.hostile.Mesh;
import dev.ondine.proxy.tls.PemFiles;
import dev.ondine.testkit.http1.RecordingOrigin;
import dev.ondine.testkit.http2.FrameOrigin;
import dev.ondine.testkit.tls.TestCertificate;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cases of {@code ./ondine it hostile} that are data, through sidecars in this JVM. */
class HostileInputTest {
  @Test
  void everyCaseEndsAsItsLineSays(@TempDir Path folder) throws Exception {
    try (var http1 = RecordingOrigin.start();
        var http2 = FrameOrigin.start();
        var mesh = new MeshHarness(folder)) {
      var certificate = TestCertificate.ec();
      var credentials =
          new PemFiles(
                  certificate.writeChain(folder.resolve("chain.pem")),
                  certificate.writeKey(folder.resolve("key.pem")))
              .read();
      var first =
          mesh.workload(
              Mesh.SERVICE,
              "hostile-0",
              List.of("80:" + http1.port() + "/http"),
              () -> credentials);
      var second =
          mesh.workload(
              Mesh.HTTP2_SERVICE,
              "hostile2-0",
              List.of("80:" + http2.port() + "/http2"),
              () -> credentials);
      var caller = mesh.caller("web").explicitPort();
      var tls = certificate.client();

      var result =
          Cases.run(
              new Mesh<>(caller, first.inboundPort(), Mesh.HOST, http1, tls),
              new Mesh<>(caller, second.inboundPort(), Mesh.HTTP2_HOST, http2, tls));

      assertThat(result.failures()).isEmpty();
      assertThat(result.passed()).isGreaterThan(1_300);
    }
  }
}
