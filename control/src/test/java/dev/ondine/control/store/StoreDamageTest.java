package dev.ondine.control.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.base.metrics.PrometheusMetrics;
import dev.ondine.testkit.ManualClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bytes of the store's file change: it is refused with a reason, or was not hurt. */
class StoreDamageTest {
  @TempDir Path folder;

  @Test
  void noFlippedByteIsServed() throws Exception {
    var file = folder.resolve("ondine.db");
    Range expected;
    try (var store = open(file)) {
      var lease = store.grant(Duration.ofSeconds(15));
      for (var i = 0; i < 200; i++) {
        var value = Value.of(("value " + i + " ").repeat(1 + i % 40));
        store.transact(
            Transaction.of(new Op.Put("service/ns/" + i, value, i % 2 == 0 ? lease : 0)));
      }
      store.delete("service/ns/7");
      expected = store.range("");
    }
    var good = Files.readAllBytes(file);
    assertThat(Files.exists(folder.resolve("ondine.db-wal"))).isFalse();

    var random = new Random(11);
    var refused = 0;
    for (var round = 0; round < 300; round++) {
      var bad = good.clone();
      var at = random.nextInt(bad.length);
      bad[at] ^= (byte) (1 << random.nextInt(8));
      var damaged = folder.resolve("round-" + round).resolve("ondine.db");
      Files.createDirectories(damaged.getParent());
      Files.write(damaged, bad);
      try (var store = open(damaged)) {
        assertThat(store.range("")).describedAs("byte %d", at).isEqualTo(expected);
        try (var watch = store.watch("", 1)) {
          assertThat(StoreContract.take(watch, 100)).hasSize(100);
        }
      } catch (StoreException e) {
        refused++;
        assertThat(e)
            .describedAs("byte %d", at)
            .isInstanceOf(CorruptStoreException.class)
            .hasMessageContaining("store " + damaged + " is damaged: ");
        assertThat(Files.readAllBytes(damaged)).describedAs("left as it was").isEqualTo(bad);
      }
    }
    // The rest hit free space.
    assertThat(refused).isGreaterThan(150);
  }

  @Test
  void aTruncatedFileIsRefused() throws Exception {
    var file = folder.resolve("ondine.db");
    try (var store = open(file)) {
      for (var i = 0; i < 100; i++) {
        store.put("key-" + i, Value.of("x".repeat(500)));
      }
    }
    var good = Files.readAllBytes(file);
    for (var keep : new int[] {50, 4_096, good.length / 2, good.length - 1}) {
      Files.write(file, java.util.Arrays.copyOf(good, keep));
      org.assertj.core.api.Assertions.assertThatThrownBy(() -> open(file).close())
          .describedAs("%d bytes of %d", keep, good.length)
          .isInstanceOf(CorruptStoreException.class);
    }
  }

  private static SqliteStore open(Path file) {
    return SqliteStore.open(
        file, SqliteStore.Limits.DEFAULT, new ManualClock(), new PrometheusMetrics());
  }
}
