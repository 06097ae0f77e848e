package dev.ondine.it.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.it.system.hostile.Cases;
import dev.ondine.it.system.hostile.Mesh;
import dev.ondine.testkit.http1.RecordingOrigin;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cases of {@code ./ondine it hostile} that are data, through sidecars in this JVM. */
class HostileInputTest {
  @Test
  void everyCaseEndsAsItsLineSays(@TempDir Path folder) throws Exception {
    try (var origin = RecordingOrigin.start();
        var mesh = new MeshHarness(folder)) {
      var callee =
          mesh.workload(Mesh.SERVICE, "hostile-0", List.of("80:" + origin.port() + "/http"));
      var caller = mesh.caller("web");

      var result = Cases.run(new Mesh(caller.explicitPort(), callee.inboundPort(), origin));

      assertThat(result.failures()).isEmpty();
      assertThat(result.passed()).isGreaterThan(500);
    }
  }
}
