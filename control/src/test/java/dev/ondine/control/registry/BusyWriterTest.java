package dev.ondine.control.registry;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ondine.base.metrics.PrometheusMetrics;
import dev.ondine.control.policy.DocumentReader;
import dev.ondine.control.store.SqliteStore;
import dev.ondine.control.store.Value;
import dev.ondine.testkit.ManualClock;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** More changes than the registry's writer can take at once. */
@Timeout(60)
class BusyWriterTest {
  private static final int WAITING = 8;

  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private SqliteStore store;

  @BeforeEach
  void open() {
    store =
        SqliteStore.open(
            folder.resolve("control.db"),
            SqliteStore.Limits.DEFAULT,
            clock,
            new PrometheusMetrics());
  }

  @AfterEach
  void close() {
    store.close();
  }

  /** The writer is held up in each of its steps, and as many callers as may wait do. */
  @Test
  void callersAreNotRefusedHoweverOftenItFallsBehind() throws Exception {
    var defaults = RegistrySettings.DEFAULTS;
    var settings =
        new RegistrySettings(
            defaults.ttl(), defaults.undeclaredGrace(), defaults.virtualIps(), WAITING);
    var gate = new Semaphore(0);
    var stopped = new AtomicInteger();
    var rounds = 12;
    try (var registry = StoredRegistry.open(store, settings, clock, new PrometheusMetrics())) {
      registry.listen(
          (_, _) -> {
            stopped.incrementAndGet();
            gate.acquireUninterruptibly();
          });
      var callers = new ArrayList<Thread>();
      for (var round = 0; round < rounds; round++) {
        var started = start(registry, round);
        callers.addAll(started);
        await().until(() -> started.stream().allMatch(BusyWriterTest::waits));
        var before = stopped.get();
        gate.release();
        await().until(() -> stopped.get() > before || callers.stream().noneMatch(Thread::isAlive));
      }
      gate.release(1_000);
      for (var caller : callers) {
        caller.join();
      }

      assertThat(failures).isEmpty();
      assertThat(registry.documents()).hasSize(rounds * WAITING);
    }
  }

  private List<Thread> start(Registry registry, int round) {
    var started = new ArrayList<Thread>();
    for (var i = 0; i < WAITING; i++) {
      var name = "service-" + round + "-" + i;
      var caller =
          new Thread(() -> registry.apply(new DocumentReader().read("request", service(name))));
      caller.setUncaughtExceptionHandler((_, e) -> failures.add(e));
      caller.start();
      started.add(caller);
    }
    return started;
  }

  private static boolean waits(Thread caller) {
    return switch (caller.getState()) {
      case WAITING, TERMINATED -> true;
      case NEW, RUNNABLE, BLOCKED, TIMED_WAITING -> false;
    };
  }

  private static String service(String name) {
    return """
    apiVersion: mesh.ondine.dev/v1
    kind: Service
    metadata: {name: %s, namespace: shop}
    spec: {ports: [{port: 80}]}
    """
        .formatted(name);
  }

  @Test
  void theStoreIsWatchedAlsoAfterAChangeThatNobodyHadRoomFor() throws Exception {
    var told = new LinkedBlockingQueue<Integer>();
    Runnable busyAtFirst =
        () -> {
          told.add(told.size());
          if (told.size() == 1) {
            throw new RejectedExecutionException("full");
          }
        };
    try (var watch = new StoreWatch(store, store.revision(), busyAtFirst)) {
      watch.start();
      store.put("/a", Value.of("1"));
      await().until(() -> told.size() == 1);
      store.put("/b", Value.of("2"));
      await().atMost(10, SECONDS).until(() -> told.size() == 2);
    }
  }
}
