package dev.ondine.control.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.base.metrics.PrometheusMetrics;
import dev.ondine.testkit.ManualClock;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process is killed in the midst of writing: what it acknowledged is there. */
class StoreKillTest {
  @TempDir Path folder;

  @Test
  @Timeout(120)
  void noAcknowledgedWriteIsLost() throws Exception {
    var file = folder.resolve("ondine.db");
    var acknowledged = new HashMap<String, Long>();
    for (var round = 0; round < 4; round++) {
      acknowledged.putAll(writeUntilKilled(file, round, 150 + 100 * round));

      try (var store =
          SqliteStore.open(
              file, SqliteStore.Limits.DEFAULT, new ManualClock(), new PrometheusMetrics())) {
        acknowledged.forEach(
            (key, revision) ->
                assertThat(store.get(key))
                    .describedAs(key)
                    .contains(new Entry(key, Value.of(key), revision, revision, 1, 0)));
      }
    }
  }

  private Map<String, Long> writeUntilKilled(Path file, int round, int writes) throws Exception {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                KilledWriter.class.getName(),
                file.toString(),
                Integer.toString(round))
            .redirectError(new File("/dev/null"))
            .start();
    var acknowledged = new HashMap<String, Long>();
    try (var out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (var line = out.readLine(); line != null; line = out.readLine()) {
        var words = line.split(" ", -1);
        if (words.length == 4 && words[0].equals("stored") && words[3].equals(".")) {
          acknowledged.put(words[1], Long.parseLong(words[2]));
        }
        if (acknowledged.size() == writes) {
          process.toHandle().destroyForcibly(); // SIGKILL; what it had printed is still read
        }
      }
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).describedAs("killed").isEqualTo(137);
    assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(writes);
    return acknowledged;
  }
}
