package dev.ondine.control.registry;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ondine.base.metrics.PrometheusMetrics;
import dev.ondine.control.policy.DocumentKey;
import dev.ondine.control.policy.DocumentReader;
import dev.ondine.control.policy.InvalidDocumentsException;
import dev.ondine.control.policy.Kind;
import dev.ondine.control.policy.SourcedDocument;
import dev.ondine.control.registry.Applied.Change;
import dev.ondine.control.store.Op;
import dev.ondine.control.store.SqliteStore;
import dev.ondine.control.store.Transaction;
import dev.ondine.model.AppProtocol;
import dev.ondine.model.ServicePort;
import dev.ondine.model.Workload;
import dev.ondine.testkit.ManualClock;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StoredRegistryTest {
  private static final ServiceKey ORDERS = new ServiceKey("shop", "orders");
  private static final ServiceKey LEDGER = new ServiceKey("billing", "ledger");
  private static final ServicePort HTTP = new ServicePort("http", 80, 8080, AppProtocol.HTTP);

  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock();
  private final BlockingQueue<Set<String>> changes = new LinkedBlockingQueue<>();
  private @Nullable SqliteStore store;
  private @Nullable StoredRegistry registry;

  @BeforeEach
  void open() {
    open(RegistrySettings.DEFAULTS);
  }

  private void open(RegistrySettings settings) {
    close();
    store =
        SqliteStore.open(
            folder.resolve("control.db"),
            SqliteStore.Limits.DEFAULT,
            clock,
            new PrometheusMetrics());
    registry = StoredRegistry.open(store, settings, clock, new PrometheusMetrics());
    registry.listen((_, changed) -> changes.add(changed));
    changes.clear();
  }

  @AfterEach
  void close() {
    if (registry != null && store != null) {
      registry.close();
      store.close();
    }
  }

  @Test
  void aWorkloadMakesItsServiceExistWithAVirtualIp() {
    var lease = registry().register(orders(0));

    assertThat(lease).isEqualTo(new Lease("orders-0.orders.shop.mesh", Duration.ofSeconds(15)));
    var view = view(ORDERS);
    assertThat(view.declared()).isFalse();
    assertThat(view.service().ports()).containsExactly(HTTP);
    assertThat(view.service().virtualIp()).contains("240.240.0.1");
    assertThat(view.workloads()).containsExactly(orders(0).workload());
    assertThat(registry().world().virtualIp("240.240.0.1")).contains(ORDERS);
    assertThat(registry().registration(orders(0).key())).contains(orders(0));
    assertThat(changes).containsExactly(Set.of("service/shop/orders"));
  }

  @Test
  void aHeartbeatIsNeitherStoredNorPublished() {
    registry().register(orders(0));
    var revision = registry().world().revision();
    changes.clear();

    for (var beat = 0; beat < 10; beat++) {
      clock.advance(Duration.ofSeconds(5));
      registry().register(orders(0));
    }

    assertThat(registry().world().revision()).isEqualTo(revision);
    assertThat(changes).isEmpty();
    assertThat(view(ORDERS).workloads()).hasSize(1);
  }

  @Test
  void whoFallsSilentIsGoneAndItsServiceStaysForAWhile() throws Exception {
    registry().register(orders(0));
    registry().register(orders(1));
    changes.clear();
    for (var beat = 0; beat < 4; beat++) {
      clock.advance(Duration.ofSeconds(5));
      registry().register(orders(1));
    }
    assertThat(changes.poll(10, SECONDS)).containsExactly("service/shop/orders");
    assertThat(names(ORDERS)).containsExactly("orders-1");

    clock.advance(Duration.ofSeconds(20));
    assertThat(changes.poll(10, SECONDS)).containsExactly("service/shop/orders");
    assertThat(names(ORDERS)).isEmpty();
    assertThat(view(ORDERS).service().ports()).containsExactly(HTTP);
    assertThat(view(ORDERS).service().virtualIp()).contains("240.240.0.1");

    wake(); // the listener is told before the outage begins to count
    clock.advance(Duration.ofMinutes(9));
    wake();
    assertThat(changes).isEmpty();
    clock.advance(Duration.ofMinutes(1));
    wake();
    assertThat(changes.poll(10, SECONDS)).containsExactly("service/shop/orders");
    assertThat(registry().world().service(ORDERS)).isEmpty();

    registry().register(orders(0));
    assertThat(view(ORDERS).service().virtualIp()).contains("240.240.0.1");
  }

  @Test
  void aWorkloadThatComesBackEndsTheOutage() {
    registry().register(orders(0));
    registry().deregister(orders(0).key());
    assertThat(names(ORDERS)).isEmpty();
    clock.advance(Duration.ofMinutes(9));
    registry().register(orders(0));
    registry().deregister(orders(0).key());
    clock.advance(Duration.ofMinutes(9));
    wake();
    assertThat(registry().world().service(ORDERS)).isPresent();
  }

  @Test
  void anOutageGoesOnAfterARestart() {
    registry().register(orders(0));
    registry().deregister(orders(0).key());
    open(RegistrySettings.DEFAULTS);
    wake();
    assertThat(view(ORDERS).service().ports()).containsExactly(HTTP);
    clock.advance(Duration.ofMinutes(10));
    wake();
    assertThat(registry().world().service(ORDERS)).isEmpty();
  }

  @Test
  void aLameDuckStaysUntilItGoes() {
    registry().register(orders(0));
    registry().register(orders(0).withState(Workload.State.LAME_DUCK));
    assertThat(view(ORDERS).workloads())
        .extracting(Workload::state)
        .containsExactly(Workload.State.LAME_DUCK);
    assertThat(registry().deregister(orders(0).key())).isTrue();
    assertThat(registry().deregister(orders(0).key())).isFalse();
    assertThat(names(ORDERS)).isEmpty();
  }

  @Test
  void aNameWithALiveLeaseIsNotGivenToAnotherAddress() throws Exception {
    registry().register(orders(0));
    var other = Registration.ready("shop", "payment", "orders-0", "10.9.9.9", List.of(HTTP));
    assertThatThrownBy(() -> registry().register(other))
        .isInstanceOf(RegistrationRefusedException.class)
        .hasMessageContaining("orders-0.shop is taken")
        .hasMessageContaining("orders.shop at 10.0.0.0");
    // The one who was refused does not keep the holder alive.
    changes.clear();
    clock.advance(Duration.ofSeconds(10));
    assertThatThrownBy(() -> registry().register(other))
        .isInstanceOf(RegistrationRefusedException.class);
    clock.advance(Duration.ofSeconds(6));
    assertThat(changes.poll(10, SECONDS)).containsExactly("service/shop/orders");
    registry().register(other);
    assertThat(names(new ServiceKey("shop", "payment"))).containsExactly("orders-0");
  }

  @Test
  void aWorkloadThatChangesItsServiceLeavesTheOldOne() {
    registry().register(orders(0));
    changes.clear();
    registry()
        .register(Registration.ready("shop", "payment", "orders-0", "10.0.0.0", List.of(HTTP)));
    assertThat(changes).containsExactly(Set.of("service/shop/orders", "service/shop/payment"));
    assertThat(names(ORDERS)).isEmpty();
  }

  @Test
  void anAddressThatIsNoneIsRefused() {
    var named = Registration.ready("shop", "orders", "orders-0", "10.1", List.of(HTTP));
    assertThatThrownBy(() -> registry().register(named))
        .isInstanceOf(RegistrationRefusedException.class)
        .hasMessageContaining("'10.1'");
  }

  @Test
  void aThousandDocumentsAreOneWorld() {
    var text =
        IntStream.range(0, 1_000)
            .mapToObj(i -> service("billing", "ledger-" + i, "port: 80"))
            .collect(Collectors.joining("---\n"));
    var applied = registry().apply(read(text));
    assertThat(applied).hasSize(1_000).allMatch(a -> a.change() == Change.CREATED);
    assertThat(changes).hasSize(1);
    assertThat(changes.element()).hasSize(1_000);
    var ips = new HashSet<String>();
    registry().world().services().forEach(v -> ips.add(v.service().virtualIp().orElseThrow()));
    assertThat(ips).hasSize(1_000);
  }

  @Test
  void onlyWhatChangedIsAnnounced() {
    registry().apply(read(service("billing", "ledger", "port: 80")));
    registry().register(orders(0));
    changes.clear();

    assertThat(registry().apply(read(service("billing", "ledger", "port: 80"))))
        .containsExactly(new Applied(key(Kind.SERVICE, LEDGER), Change.UNCHANGED));
    assertThat(changes).isEmpty();
    registry().apply(read(service("billing", "ledger", "port: 81")));
    assertThat(changes.remove()).containsExactly("service/billing/ledger");
    registry().apply(read(traffic("ledger", "ledger", "roundRobin")));
    assertThat(changes.remove()).containsExactly("service/billing/ledger");
    registry().apply(read(document("DiscoveryPolicy", "billing", "d", "warmNames: 7")));
    assertThat(changes.remove()).containsExactly("discovery-policy/billing");
    assertThat(registry().world().discoveryPolicy(LEDGER).settings().warmNames()).isEqualTo(7);
    registry().apply(read(document("MeshSettings", "", "mesh", "outsideNames: deny")));
    assertThat(changes.remove()).containsExactly("mesh-settings");
    assertThat(changes).isEmpty();
  }

  @Test
  void aDeclaredServiceExistsWithoutWorkloadsAndSaysWhatCallersSee() {
    registry().apply(read(service("shop", "orders", "name: web, port: 8000, targetPort: 8080")));
    registry().register(orders(0)); // it calls the port 80, and listens on 8080
    registry().register(Registration.ready("shop", "orders", "orders-1", "10.0.0.1", List.of()));
    var other = new ServicePort("other", 7, 7, AppProtocol.AUTO);
    registry()
        .register(Registration.ready("shop", "orders", "orders-2", "10.0.0.2", List.of(other)));

    var view = view(ORDERS);
    assertThat(view.declared()).isTrue();
    assertThat(view.service().ports())
        .containsExactly(new ServicePort("web", 8000, 8080, AppProtocol.AUTO));
    assertThat(view.workloads()).extracting(Workload::name).containsExactly("orders-0", "orders-1");
    assertThat(view.workloads())
        .allSatisfy(workload -> assertThat(workload.ports()).containsEntry("web", 8080));

    assertThat(registry().delete(key(Kind.SERVICE, ORDERS))).isTrue();
    assertThat(view(ORDERS).declared()).isFalse();
    assertThat(view(ORDERS).service().ports()).containsExactly(HTTP, other);
    registry().apply(read(service("shop", "idle", "port: 80")));
    registry().delete(key(Kind.SERVICE, new ServiceKey("shop", "idle")));
    assertThat(registry().world().service(new ServiceKey("shop", "idle"))).isEmpty();
  }

  @Test
  void contradictionsAreRefusedAllAtOnceAndNothingIsApplied() {
    registry().apply(read(traffic("first", "ledger", "roundRobin")));
    registry().register(orders(0));
    var before = registry().documents();
    changes.clear();
    var text =
        traffic("second", "ledger", "leastRequest")
            + "---\n"
            + document("Workload", "shop", "orders-0", "service: orders, address: 10.1.1.1")
            + "---\n"
            + service("billing", "ledger", "port: 80");

    assertThatThrownBy(() -> registry().apply(read(text)))
        .isInstanceOf(InvalidDocumentsException.class)
        .hasMessage(
            """
            all.yaml:1: spec.targetRef: TrafficPolicy/billing/first has the same target
            all.yaml:6: metadata.name: a workload of this name has registered itself, from 10.0.0.0\
            """);
    assertThatThrownBy(() -> registry().check(read(text)))
        .isInstanceOf(InvalidDocumentsException.class);
    assertThat(registry().documents()).isEqualTo(before);
    assertThat(changes).isEmpty();
    var ledger = read(service("billing", "ledger", "port: 80")).getFirst();
    assertThatThrownBy(() -> registry().apply(List.of(ledger, ledger)))
        .hasMessageContaining("Service/billing/ledger is also at all.yaml:1");
  }

  @Test
  void aWorkloadThatADocumentDescribesCannotRegister() {
    registry()
        .apply(
            read(document("Workload", "shop", "orders-0", "service: orders, address: 10.1.1.1")));
    assertThatThrownBy(() -> registry().register(orders(0)))
        .isInstanceOf(RegistrationRefusedException.class)
        .hasMessageContaining("document Workload/shop/orders-0, applied by the API");
  }

  @Test
  void eachOwnerHasItsDocumentsToItself() {
    registry().replace("a.yaml", read(service("billing", "ledger", "port: 80")));
    registry().apply(read(service("billing", "audit", "port: 80")));
    assertThat(registry().owners()).containsExactly("a.yaml");

    assertThatThrownBy(() -> registry().apply(read(service("billing", "ledger", "port: 81"))))
        .hasMessageContaining("Service/billing/ledger is in force already, from a.yaml");
    assertThatThrownBy(
            () -> registry().replace("b.yaml", read(service("billing", "audit", "port: 81"))))
        .hasMessageContaining("applied by the API");
    assertThatThrownBy(() -> registry().delete(key(Kind.SERVICE, LEDGER)))
        .isInstanceOf(InvalidDocumentsException.class)
        .hasMessageContaining("remove it from that file");

    changes.clear();
    var replaced = registry().replace("a.yaml", read(service("billing", "books", "port: 80")));
    assertThat(replaced)
        .extracting(Applied::change)
        .containsExactly(Change.REMOVED, Change.CREATED);
    assertThat(changes).containsExactly(Set.of("service/billing/ledger", "service/billing/books"));
    registry().replace("a.yaml", List.of());
    assertThat(registry().owners()).isEmpty();
    assertThat(registry().documents()).hasSize(1);
    assertThat(registry().delete(key(Kind.SERVICE, LEDGER))).isFalse();
  }

  @Test
  void checkSaysWhatApplyWouldDoAndDoesNothing() {
    registry().apply(read(service("billing", "ledger", "port: 80")));
    var text =
        service("billing", "ledger", "port: 81")
            + "---\n"
            + service("billing", "audit", "port: 80");
    assertThat(registry().check(read(text)))
        .extracting(Applied::change)
        .containsExactly(Change.CHANGED, Change.CREATED);
    assertThat(registry().documents()).hasSize(1);
    assertThat(registry().apply(read(text)))
        .extracting(Applied::change)
        .containsExactly(Change.CHANGED, Change.CREATED);
  }

  @Test
  void virtualIpsAreTakenFromTheGoneOnlyWhenNoneIsLeft() {
    open(new RegistrySettings(Duration.ofSeconds(15), Duration.ofMinutes(10), 3, 64));
    for (var name : List.of("a", "b", "c")) {
      registry().apply(read(service("billing", name, "port: 80")));
    }
    registry().delete(key(Kind.SERVICE, new ServiceKey("billing", "b")));
    assertThat(registry().world().virtualIp("240.240.0.2"))
        .contains(new ServiceKey("billing", "b"));

    registry().apply(read(service("billing", "d", "port: 80")));
    assertThat(view(new ServiceKey("billing", "d")).service().virtualIp()).contains("240.240.0.2");
    assertThat(registry().world().virtualIp("240.240.0.2"))
        .contains(new ServiceKey("billing", "d"));
    assertThatThrownBy(() -> registry().apply(read(service("billing", "e", "port: 80"))))
        .isInstanceOf(InvalidDocumentsException.class)
        .hasMessageContaining("all 3 virtual IPs are given out");
    assertThatThrownBy(() -> registry().register(orders(0)))
        .isInstanceOf(RegistrationRefusedException.class)
        .hasMessageContaining("all 3 virtual IPs are given out");
    assertThat(registry().registration(orders(0).key())).isEmpty();
  }

  @Test
  void aRestartBringsEverythingBack() {
    registry().apply(read(service("billing", "ledger", "port: 80")));
    registry().replace("a.yaml", read(traffic("t", "ledger", "roundRobin")));
    registry().register(orders(0));
    registry().register(orders(1).withState(Workload.State.LAME_DUCK));
    var services = List.copyOf(registry().world().services());
    var documents = registry().documents();

    open(RegistrySettings.DEFAULTS);

    assertThat(registry().world().services()).containsExactlyElementsOf(services);
    assertThat(registry().documents()).isEqualTo(documents);
    assertThat(registry().document(key(Kind.SERVICE, LEDGER))).contains(documents.getFirst());
    assertThat(registry().registration(orders(0).key())).contains(orders(0));
    // Nobody could renew while control was down: all have their full time again.
    clock.advance(Duration.ofSeconds(14));
    assertThat(names(ORDERS)).hasSize(2);
    clock.advance(Duration.ofSeconds(2));
    await().atMost(10, SECONDS).until(() -> names(ORDERS).isEmpty());
  }

  @Test
  void manyThatRegisterAtOnceAreAllThereAndSeenInFewWorlds() throws Exception {
    var threads = new ArrayList<Thread>();
    for (var i = 0; i < 200; i++) {
      var registration = orders(i);
      threads.add(Thread.startVirtualThread(() -> registry().register(registration)));
    }
    for (var thread : threads) {
      thread.join();
    }
    assertThat(names(ORDERS)).hasSize(200);
    assertThat(changes.size()).isBetween(1, 200);
  }

  @Test
  void whatOthersDoToTheStoreIsSeenToo() throws Exception {
    registry().register(orders(0));
    changes.clear();
    var other = orders(1);
    var lease = store().grant(Duration.ofSeconds(15));
    store()
        .transact(
            Transaction.of(new Op.Put(StoreKeys.of(other.key()), StoreValues.of(other), lease)));
    assertThat(changes.poll(10, SECONDS)).containsExactly("service/shop/orders");
    assertThat(names(ORDERS)).containsExactly("orders-0", "orders-1");

    // Its lease is alive for us, too, and when it ends under our hands we take another.
    registry().register(other);
    store().revoke(lease);
    registry().register(other);
    var key = StoreKeys.of(other.key());
    assertThat(store().get(key)).hasValueSatisfying(e -> assertThat(e.lease()).isNotEqualTo(lease));
    wake();
    assertThat(names(ORDERS)).containsExactly("orders-0", "orders-1");
  }

  @Test
  void whoWasTooSlowForTheStoreReadsItAll() throws Exception {
    registry().register(orders(0));
    try (var follower = new StoreFollower(store())) {
      registry().register(orders(1));
      registry().deregister(orders(0).key());
      registry().apply(read(service("billing", "ledger", "port: 80")));
      store().compact(store().revision());

      assertThat(follower.catchUp()).contains(ORDERS, LEDGER);

      assertThat(follower.holdings()).isEqualTo(Holdings.of(store().range("")));
      assertThat(follower.holdings().registrations()).containsOnlyKeys(orders(1).key());
      registry().register(orders(2));
      assertThat(follower.catchUp()).containsExactly(ORDERS);
      assertThat(follower.holdings()).isEqualTo(Holdings.of(store().range("")));
    }
  }

  @Test
  void whatComesAfterTheEndIsRefusedNotForgotten() {
    registry().close();
    assertThatThrownBy(() -> registry().register(orders(0)))
        .hasMessageContaining("the registry takes no changes");
  }

  /** Timers of the registry's thread fire only when it looks at the clock. */
  private void wake() {
    registry().replace("nobody", List.of());
  }

  private SqliteStore store() {
    return requireNonNull(store);
  }

  private StoredRegistry registry() {
    return requireNonNull(registry);
  }

  private ServiceView view(ServiceKey key) {
    return registry().world().service(key).orElseThrow();
  }

  private List<String> names(ServiceKey key) {
    return view(key).workloads().stream().map(Workload::name).toList();
  }

  private static Registration orders(int number) {
    return Registration.ready(
        "shop", "orders", "orders-" + number, "10.0.0." + number, List.of(HTTP));
  }

  private static DocumentKey key(Kind kind, ServiceKey key) {
    return new DocumentKey(kind, key.namespace(), key.name());
  }

  private static List<SourcedDocument> read(String text) {
    return new DocumentReader().read("all.yaml", text);
  }

  private static String service(String namespace, String name, String port) {
    return document("Service", namespace, name, "ports: [{" + port + "}]");
  }

  private static String traffic(String name, String service, String balancing) {
    return document(
        "TrafficPolicy",
        "billing",
        name,
        "targetRef: {name: " + service + "}, balancing: " + balancing);
  }

  private static String document(String kind, String namespace, String name, String spec) {
    return """
    apiVersion: mesh.ondine.dev/v1
    kind: %s
    metadata: {name: %s%s}
    spec: {%s}
    """
        .formatted(kind, name, namespace.isEmpty() ? "" : ", namespace: " + namespace, spec);
  }
}
