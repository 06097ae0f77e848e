package dev.ondine.control.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ondine.base.metrics.PrometheusMetrics;
import dev.ondine.testkit.ManualClock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends StoreContract {
  @TempDir Path folder;

  private Path file() {
    return folder.resolve("ondine.db");
  }

  @Override
  Store open() {
    return open(SqliteStore.Limits.DEFAULT);
  }

  private SqliteStore open(SqliteStore.Limits limits) {
    return SqliteStore.open(file(), limits, clock, new PrometheusMetrics());
  }

  @Test
  void everythingSurvivesARestart() throws Exception {
    store.put("a", Value.of("1"));
    store.put("a", Value.of("2"));
    store.put("b", Value.of("3"));
    store.delete("b");
    var before = store.range("");

    store.close();
    store = open();

    assertThat(store.range("")).isEqualTo(before);
    try (var watch = store.watch("", 1)) {
      assertThat(take(watch, 4)).extracting(Event::revision).containsExactly(1L, 2L, 3L, 4L);
    }
    assertThat(store.put("c", Value.of("4")).revision()).isEqualTo(5);
  }

  @Test
  void afterARestartEveryLeaseHasItsFullTime() throws Exception {
    var lease = store.grant(Duration.ofSeconds(15));
    store.transact(Transaction.of(new Op.Put("a", Value.of("1"), lease)));
    clock.advance(Duration.ofSeconds(14));
    store.close();
    clock.advance(Duration.ofHours(1));

    store = open();

    clock.advance(Duration.ofSeconds(14));
    assertThat(store.get("a")).isPresent();
    try (var watch = store.watch("", 2)) {
      clock.advance(Duration.ofSeconds(2));
      assertThat(take(watch, 1)).containsExactly(new Event.Delete("a", 2));
    }
    assertThat(store.grant(Duration.ofSeconds(15))).isGreaterThan(lease);
  }

  @Test
  void historyIsBounded() {
    store.close();
    store = open(new SqliteStore.Limits(64 << 20, 100));
    for (var i = 0; i < 1_101; i++) {
      store.put("key", Value.of("v" + i));
    }

    assertThatThrownBy(() -> store.watch("", 1))
        .isInstanceOfSatisfying(
            CompactedException.class, e -> assertThat(e.compacted()).isBetween(1_000L, 1_001L));
  }

  @Test
  void aFullStoreIsReadOnlyAndSaysSoUntilThereIsRoom() {
    store.close();
    store = open(new SqliteStore.Limits(40 * 4_096, 100));
    var value = Value.of("x".repeat(10_000));
    var stored = 0;
    StoreException refusal = null;
    while (refusal == null) {
      try {
        store.put("key-" + stored, value);
        stored++;
      } catch (StoreException e) {
        refusal = e;
      }
    }

    assertThat(refusal)
        .isInstanceOf(ReadOnlyStoreException.class)
        .hasMessageContaining(file() + " is read-only")
        .hasMessageContaining("full");
    assertThat(store.readOnlyReason()).contains(refusal.getMessage());
    assertThat(store.range("key-").entries()).hasSize(stored);

    store.delete("key-0");
    store.delete("key-1");
    store.put("key-0", value);
    assertThat(store.readOnlyReason()).isEmpty();
  }

  @Test
  void onlyOneProcessHasIt() {
    assertThatThrownBy(this::open)
        .isInstanceOf(StoreException.class)
        .hasMessage("store " + file() + " is in use by another control plane");
  }

  @Test
  void nobodyElseMayReadIt() throws Exception {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void refusesAFileThatIsNoDatabase() throws Exception {
    store.close();
    Files.writeString(file(), "apiVersion: mesh.ondine.dev/v1\n".repeat(100));
    var before = Files.readAllBytes(file());

    assertThatThrownBy(this::open)
        .isInstanceOf(CorruptStoreException.class)
        .hasMessageContaining("store " + file() + " is damaged: ")
        .hasMessageContaining("not a database");
    assertThat(Files.readAllBytes(file())).isEqualTo(before);
    Files.delete(file());
    store = open();
  }

  @Test
  void refusesSomebodyElsesDatabase() throws Exception {
    store.close();
    Files.delete(file());
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE photos (name TEXT)");
    }

    assertThatThrownBy(this::open)
        .isInstanceOf(CorruptStoreException.class)
        .hasMessageContaining("no store of Ondine");
    Files.delete(file());
    store = open();
  }

  @Test
  void refusesTheFileOfANewerVersion() throws Exception {
    store.close();
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement()) {
      statement.execute("PRAGMA user_version = 99");
    }

    assertThatThrownBy(this::open)
        .isInstanceOf(CorruptStoreException.class)
        .hasMessageContaining("version is 99")
        .hasMessageContaining("newer");
    Files.delete(file());
    store = open();
  }

  @Test
  void bringsAnOlderFileUpToDateAllAtOnce() throws Exception {
    store.put("a", Value.of("1"));
    store.close();
    var good = new Schema.Step("ALTER TABLE lease ADD COLUMN note TEXT");
    var bad = new Schema.Step("CREATE TABLE half (x TEXT)", "THIS IS NO SQL");

    assertThatThrownBy(() -> Database.open(file(), steps(good, bad)).close())
        .isInstanceOf(StoreException.class);
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement()) {
      assertThat(statement.executeQuery("PRAGMA user_version").getInt(1)).isEqualTo(1);
      var tables = statement.executeQuery("SELECT count(*) FROM sqlite_schema WHERE name = 'half'");
      assertThat(tables.getInt(1)).isZero();
    }

    Database.open(file(), steps(good)).close();
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = connection.createStatement()) {
      assertThat(statement.executeQuery("PRAGMA user_version").getInt(1)).isEqualTo(2);
      statement.execute("SELECT note FROM lease");
      assertThat(statement.executeQuery("SELECT value FROM entry").getString(1)).isEqualTo("1");
    }
    Files.delete(file());
    store = open();
  }

  private static List<Schema.Step> steps(Schema.Step... more) {
    var steps = new java.util.ArrayList<>(Schema.STEPS);
    steps.addAll(List.of(more));
    return steps;
  }

  @Test
  void aClosedStoreSaysSo() {
    store.close();

    assertThatThrownBy(() -> store.put("a", Value.of("1"))).hasMessage("the store is closed");
    assertThatThrownBy(() -> store.get("a")).hasMessage("the store is closed");
    store =
        SqliteStore.open(
            file(), SqliteStore.Limits.DEFAULT, new ManualClock(), new PrometheusMetrics());
  }
}
