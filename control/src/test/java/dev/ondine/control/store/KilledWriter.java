package dev.ondine.control.store;

import dev.ondine.base.metrics.PrometheusMetrics;
import dev.ondine.base.time.Mailbox;
import dev.ondine.base.time.Ticker;
import java.io.PrintStream;
import java.nio.file.Path;

/** A process that writes as fast as it can and prints what the store acknowledged, until killed. */
final class KilledWriter {
  private KilledWriter() {}

  public static void main(String[] args) {
    var round = args[1];
    var scheduler = Mailbox.start("leases", 16, Ticker.system());
    var store =
        SqliteStore.open(
            Path.of(args[0]), SqliteStore.Limits.DEFAULT, scheduler, new PrometheusMetrics());
    var out = new PrintStream(System.out, true);
    for (var t = 0; t < 4; t++) {
      var writer = t;
      Thread.ofPlatform()
          .start(
              () -> {
                for (var i = 0; ; i++) {
                  var key = "round-" + round + "/writer-" + writer + "/" + i;
                  var outcome = store.put(key, Value.of(key));
                  out.println("stored " + key + " " + outcome.revision() + " .");
                }
              });
    }
  }
}
