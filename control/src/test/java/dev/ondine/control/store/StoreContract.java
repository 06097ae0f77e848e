package dev.ondine.control.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ondine.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every store must do. */
@Timeout(60)
abstract class StoreContract {
  private static final Duration TTL = Duration.ofSeconds(15);

  final ManualClock clock = new ManualClock();
  Store store;

  /** An empty store. */
  abstract Store open() throws Exception;

  @BeforeEach
  void openStore() throws Exception {
    store = open();
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Test
  void readsWhatWasPut() {
    assertThat(store.revision()).isZero();
    assertThat(store.get("a")).isEmpty();

    assertThat(store.put("a", Value.of("1"))).isEqualTo(new Outcome(true, 1));
    store.put("b", Value.of("other"));
    store.put("a", Value.of("2"));

    assertThat(store.get("a")).contains(new Entry("a", Value.of("2"), 1, 3, 2, 0));
    assertThat(store.revision()).isEqualTo(3);
  }

  @Test
  void aKeyThatCameBackIsNew() {
    store.put("a", Value.of("1"));
    store.delete("a");
    assertThat(store.get("a")).isEmpty();

    store.put("a", Value.of("2"));

    assertThat(store.get("a")).contains(new Entry("a", Value.of("2"), 3, 3, 1, 0));
  }

  @Test
  void deletingNothingMakesNoRevision() {
    store.put("a", Value.of("1"));

    assertThat(store.delete("b")).isEqualTo(new Outcome(true, 1));
    assertThat(store.revision()).isEqualTo(1);
  }

  @Test
  void listsByPrefixInOrder() {
    for (var key : List.of("b/2", "a/1", "b/10", "b", "c", "b/1")) {
      store.put(key, Value.of(key));
    }

    var range = store.range("b/");
    assertThat(range.entries()).extracting(Entry::key).containsExactly("b/1", "b/10", "b/2");
    assertThat(range.revision()).isEqualTo(6);
    assertThat(store.range("").entries()).hasSize(6);
    assertThat(store.range("x").entries()).isEmpty();
  }

  @Test
  void aTransactionIsOneRevision() {
    store.put("gone", Value.of("x"));

    var outcome =
        store.transact(
            Transaction.of(
                new Op.Put("a", Value.of("1"), 0),
                new Op.Put("b", Value.of("2"), 0),
                new Op.Delete("gone")));

    assertThat(outcome).isEqualTo(new Outcome(true, 2));
    assertThat(store.range("").entries())
        .containsExactly(
            new Entry("a", Value.of("1"), 2, 2, 1, 0), new Entry("b", Value.of("2"), 2, 2, 1, 0));
  }

  @Test
  void swapsOnlyWhatIsAsCompared() {
    store.put("a", Value.of("1"));
    var read = store.get("a").orElseThrow();
    var swap =
        new Transaction(
            List.of(Compare.unchanged(read), Compare.absent("b")),
            List.of(new Op.Put("a", Value.of("2"), 0), new Op.Put("b", Value.of("2"), 0)));

    assertThat(store.transact(swap).committed()).isTrue();
    assertThat(store.transact(swap)).isEqualTo(new Outcome(false, 2));

    assertThat(store.get("a").orElseThrow().version()).isEqualTo(2);
    assertThat(store.get("b").orElseThrow().version()).isEqualTo(1);
  }

  @Test
  void oneFailedConditionIsEnough() {
    store.put("a", Value.of("1"));
    var transaction =
        new Transaction(
            List.of(new Compare("a", 1), new Compare("b", 7)), List.of(new Op.Delete("a")));

    assertThat(store.transact(transaction).committed()).isFalse();
    assertThat(store.get("a")).isPresent();
  }

  @Test
  void refusesWhatNoStoreTakes() {
    assertThatThrownBy(() -> store.put("", Value.of("x"))).hasMessageContaining("'' is no key");
    assertThatThrownBy(() -> store.put("a b", Value.of("x"))).hasMessageContaining("'a b'");
    assertThatThrownBy(() -> store.put("ä", Value.of("x"))).hasMessageContaining("ASCII");
    assertThatThrownBy(() -> store.put("a".repeat(513), Value.of("x")))
        .hasMessageContaining("1 to 512");
    assertThatThrownBy(() -> store.put("a", Value.of(new byte[(1 << 20) + 1])))
        .hasMessageContaining("1048577 bytes, more than 1048576");
    assertThatThrownBy(() -> Transaction.of(new Op.Delete("a"), new Op.Delete("a")))
        .hasMessageContaining("once, not twice: a");
  }

  @Test
  void concurrentSwapsLoseNothing() throws Exception {
    store.put("counter", Value.of("0"));
    var threads = new ArrayList<Thread>();
    for (var t = 0; t < 8; t++) {
      threads.add(Thread.ofVirtual().start(() -> increment(25)));
    }
    for (var thread : threads) {
      thread.join();
    }

    assertThat(store.get("counter").orElseThrow().value()).isEqualTo(Value.of("200"));
  }

  private void increment(int times) {
    for (var done = 0; done < times; ) {
      var read = store.get("counter").orElseThrow();
      var next = Value.of(Integer.toString(Integer.parseInt(read.value().text()) + 1));
      var swap =
          new Transaction(
              List.of(Compare.unchanged(read)), List.of(new Op.Put("counter", next, 0)));
      if (store.transact(swap).committed()) {
        done++;
      }
    }
  }

  @Test
  void watchesFromARevisionInOrder() throws Exception {
    store.put("a/1", Value.of("old"));
    store.put("a/1", Value.of("new"));
    store.put("b", Value.of("other prefix"));
    store.transact(Transaction.of(new Op.Put("a/2", Value.of("x"), 0), new Op.Delete("a/1")));

    try (var watch = store.watch("a/", 2)) {
      assertThat(take(watch, 3))
          .containsExactly(
              new Event.Put(new Entry("a/1", Value.of("new"), 1, 2, 2, 0)),
              new Event.Delete("a/1", 4),
              new Event.Put(new Entry("a/2", Value.of("x"), 4, 4, 1, 0)));
    }
  }

  @Test
  void watchWaitsForWhatComes() throws Exception {
    var seen = new LinkedBlockingQueue<List<Event>>();
    try (var watch = store.watch("a", store.revision() + 1)) {
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  for (var next = watch.next(); !next.isEmpty(); next = watch.next()) {
                    seen.add(next);
                  }
                  seen.add(List.of());
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      store.put("b", Value.of("not watched"));
      assertThat(seen.poll(50, TimeUnit.MILLISECONDS)).isNull();

      store.put("a", Value.of("1"));
      assertThat(seen.poll(10, TimeUnit.SECONDS)).extracting(Event::revision).containsExactly(2L);
    }
    assertThat(seen.poll(10, TimeUnit.SECONDS)).isEmpty();
  }

  @Test
  void compactionForgetsHistoryAndNothingElse() throws Exception {
    for (var i = 1; i <= 10; i++) {
      store.put("key", Value.of("v" + i));
    }
    try (var slow = store.watch("", 3)) {
      store.compact(7);

      assertThatThrownBy(() -> store.watch("", 7))
          .isInstanceOfSatisfying(
              CompactedException.class, e -> assertThat(e.compacted()).isEqualTo(7));
      assertThatThrownBy(slow::next).isInstanceOf(CompactedException.class);
    }
    // What a watcher does then: lists, and watches from there.
    var range = store.range("");
    assertThat(range.entries()).containsExactly(new Entry("key", Value.of("v10"), 1, 10, 10, 0));
    store.put("key", Value.of("v11"));
    try (var watch = store.watch("", range.revision() + 1)) {
      assertThat(take(watch, 1)).extracting(Event::revision).containsExactly(11L);
    }
    try (var watch = store.watch("", 8)) {
      assertThat(take(watch, 4)).extracting(Event::revision).containsExactly(8L, 9L, 10L, 11L);
    }
  }

  @Test
  void aLeaseTakesItsKeysAlong() throws Exception {
    var lease = store.grant(TTL);
    store.transact(Transaction.of(new Op.Put("a", Value.of("1"), lease)));
    store.transact(Transaction.of(new Op.Put("b", Value.of("1"), lease)));
    store.put("c", Value.of("1"));
    try (var watch = store.watch("", 4)) {
      clock.advance(Duration.ofSeconds(14));
      assertThat(store.range("").entries()).hasSize(3);

      clock.advance(Duration.ofSeconds(2));

      assertThat(take(watch, 2))
          .containsExactly(new Event.Delete("a", 4), new Event.Delete("b", 4));
      assertThat(store.renew(lease)).isFalse();
      assertThat(store.revoke(lease)).isFalse();
      assertThat(store.range("").entries()).extracting(Entry::key).containsExactly("c");
    }
  }

  @Test
  void aRenewedLeaseLives() {
    var lease = store.grant(TTL);
    store.transact(Transaction.of(new Op.Put("a", Value.of("1"), lease)));
    for (var i = 0; i < 20; i++) {
      clock.advance(Duration.ofSeconds(14));
      assertThat(store.renew(lease)).isTrue();
    }

    assertThat(store.get("a")).isPresent();
    assertThat(store.revision()).describedAs("renewals are not stored").isEqualTo(1);
  }

  @Test
  void aKeyPutAgainWithoutALeaseStays() throws Exception {
    var lease = store.grant(TTL);
    store.transact(
        Transaction.of(
            new Op.Put("stays", Value.of("1"), lease), new Op.Put("goes", Value.of("1"), lease)));
    store.put("stays", Value.of("2"));

    try (var watch = store.watch("", 3)) {
      clock.advance(Duration.ofSeconds(16));
      assertThat(take(watch, 1)).containsExactly(new Event.Delete("goes", 3));
    }
    assertThat(store.get("stays")).isPresent();
  }

  @Test
  void revokingALeaseIsImmediate() {
    var lease = store.grant(TTL);
    store.transact(Transaction.of(new Op.Put("a", Value.of("1"), lease)));

    assertThat(store.revoke(lease)).isTrue();

    assertThat(store.get("a")).isEmpty();
    assertThat(store.grant(TTL)).describedAs("never the same again").isNotEqualTo(lease);
  }

  @Test
  void aPutWithAnUnknownLeaseChangesNothing() {
    var transaction =
        Transaction.of(new Op.Put("a", Value.of("1"), 0), new Op.Put("b", Value.of("1"), 99));

    assertThatThrownBy(() -> store.transact(transaction))
        .isInstanceOf(LeaseNotFoundException.class)
        .hasMessageContaining("99");
    assertThat(store.range("").entries()).isEmpty();
    assertThat(store.revision()).isZero();
  }

  @Test
  void holdersAreNotPunishedForAStoreThatStoodStill() {
    var lease = store.grant(TTL);

    clock.leap(Duration.ofMinutes(5)); // as a suspended process sees it: no sweep ran meanwhile
    clock.advance(Duration.ofSeconds(14));
    assertThat(store.renew(lease)).isTrue();
  }

  @Test
  void watchTellsTheSameStoryAsTheStore() throws Exception {
    var random = new Random(42);
    var model = new TreeMap<String, Value>();
    for (var i = 0; i < 300; i++) {
      var operations = new ArrayList<Op>();
      for (var k = 0; k < 6; k++) {
        if (random.nextBoolean()) {
          var key = "key-" + k;
          operations.add(
              random.nextInt(3) == 0
                  ? new Op.Delete(key)
                  : new Op.Put(key, Value.of("v" + random.nextInt()), 0));
        }
      }
      var outcome = store.transact(new Transaction(List.of(), operations));
      assertThat(outcome.committed()).isTrue();
    }
    var range = store.range("");
    try (var watch = store.watch("", 1)) {
      for (var last = 0L; last < range.revision(); ) {
        for (var event : watch.next()) {
          assertThat(event.revision()).isGreaterThanOrEqualTo(last);
          last = event.revision();
          switch (event) {
            case Event.Put(var entry) -> model.put(entry.key(), entry.value());
            case Event.Delete(var key, _) -> assertThat(model.remove(key)).isNotNull();
          }
        }
      }
    }
    assertThat(range.entries()).extracting(Entry::key).containsExactlyElementsOf(model.keySet());
    assertThat(range.entries()).extracting(Entry::value).containsExactlyElementsOf(model.values());
  }

  /** The next events, exactly so many. */
  static List<Event> take(Watch watch, int count) throws InterruptedException {
    var events = new ArrayList<Event>();
    while (events.size() < count) {
      events.addAll(watch.next());
    }
    assertThat(events).hasSize(count);
    return events;
  }
}
