package dev.ondine.it.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ondine.testkit.grpc.Echo;
import dev.ondine.testkit.grpc.EchoServer;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeshTest {
  @TempDir Path folder;

  private MeshHarness mesh;

  @BeforeEach
  void startControl() throws Exception {
    mesh = new MeshHarness(folder);
  }

  @AfterEach
  void stopAll() {
    mesh.close();
  }

  @Test
  void sidecarKnowsNothingUntilItsWorkloadCalls() throws Exception {
    mesh.workload("orders", "orders-0", mesh.backend("orders-0").port());
    mesh.workload("stock", "stock-0", mesh.backend("stock-0").port());
    var caller = mesh.caller("web");
    assertThat(caller.admin("/discovery").body()).doesNotContain("orders").doesNotContain("stock");

    var answer = caller.get("http://orders/");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("orders-0");
    assertThat(caller.admin("/discovery").body())
        .contains("orders.default.mesh", "warm")
        .doesNotContain("stock");
  }

  @Test
  void unknownServiceIsToldAtOnceEachTime() throws Exception {
    var caller = mesh.caller("web");

    for (var i = 0; i < 10; i++) {
      var answer = caller.get("http://nobody/");
      assertThat(answer.statusCode()).isEqualTo(404);
      assertThat(answer.headers().firstValue("x-ondine-reason")).contains("no_such_service");
    }
  }

  @Test
  void serviceThatComesLaterIsServed() throws Exception {
    var caller = mesh.caller("web");
    assertThat(caller.get("http://orders/").statusCode()).isEqualTo(404);

    mesh.workload("orders", "orders-0", mesh.backend("orders-0").port());

    await().until(() -> caller.get("http://orders/").statusCode() == 200);
  }

  @Test
  void requestsAreSpreadOverTheInstances() throws Exception {
    for (var name : List.of("orders-0", "orders-1", "orders-2")) {
      mesh.workload("orders", name, mesh.backend(name).port());
    }
    var caller = mesh.caller("web");

    var answers = new HashMap<String, Integer>();
    for (var i = 0; i < 300; i++) {
      answers.merge(caller.get("http://orders/").body(), 1, Integer::sum);
    }

    assertThat(answers).containsOnlyKeys("orders-0", "orders-1", "orders-2");
    assertThat(answers.values()).allSatisfy(count -> assertThat(count).isBetween(50, 150));
  }

  @Test
  void instanceIsReachedByItsOwnName() throws Exception {
    for (var name : List.of("orders-0", "orders-1")) {
      mesh.workload("orders", name, mesh.backend(name).port());
    }
    var caller = mesh.caller("web");

    for (var i = 0; i < 10; i++) {
      assertThat(caller.get("http://orders-1.orders/").body()).isEqualTo("orders-1");
    }
  }

  @Test
  void everyPortOfAWorkloadIsReached() throws Exception {
    var first = mesh.backend("first");
    var second = mesh.backend("second");
    mesh.workload(
        "orders", "orders-0", List.of("80:" + first.port(), "8081:" + second.port() + "/http"));
    var caller = mesh.caller("web");

    assertThat(caller.get("http://orders/").body()).isEqualTo("first");
    assertThat(caller.get("http://orders:8081/").body()).isEqualTo("second");
  }

  @Test
  void noRequestIsLostWhenAWorkloadDies() throws Exception {
    var dying = mesh.backend("orders-0");
    mesh.workload("orders", "orders-0", dying.port());
    mesh.workload("orders", "orders-1", mesh.backend("orders-1").port());
    var caller = mesh.caller("web");

    var failed = whileCalling(caller, "http://orders/", dying::close);

    assertThat(failed).isEmpty();
    assertThat(caller.get("http://orders/").body()).isEqualTo("orders-1");
  }

  @Test
  void noRequestIsLostWhenAWorkloadDiesWithItsSidecar() throws Exception {
    var dying = mesh.backend("orders-0");
    var sidecar = mesh.workload("orders", "orders-0", dying.port());
    mesh.workload("orders", "orders-1", mesh.backend("orders-1").port());
    var caller = mesh.caller("web");

    var failed =
        whileCalling(
            caller,
            "http://orders/",
            () -> {
              sidecar.close();
              dying.close();
            });

    assertThat(failed).isEmpty();
  }

  @Test
  void drainedWorkloadGetsNoMoreRequests() throws Exception {
    var leaving = mesh.backend("orders-0");
    var sidecar = mesh.workload("orders", "orders-0", leaving.port());
    mesh.workload("orders", "orders-1", mesh.backend("orders-1").port());
    var caller = mesh.caller("web");

    var failed = whileCalling(caller, "http://orders/", sidecar::drain);

    assertThat(failed).isEmpty();
    var before = leaving.requests();
    for (var i = 0; i < 20; i++) {
      assertThat(caller.get("http://orders/").body()).isEqualTo("orders-1");
    }
    assertThat(leaving.requests()).isEqualTo(before);
  }

  @Test
  void controlMayDieAndComeBack() throws Exception {
    mesh.workload("orders", "orders-0", mesh.backend("orders-0").port());
    mesh.workload("stock", "stock-0", mesh.backend("stock-0").port());
    var caller = mesh.caller("web");
    assertThat(caller.get("http://orders/").statusCode()).isEqualTo(200);

    mesh.stopControl();
    for (var i = 0; i < 20; i++) {
      assertThat(caller.get("http://orders/").statusCode()).isEqualTo(200);
    }
    assertThat(caller.admin("/ready").statusCode()).isEqualTo(200);
    mesh.restartControl();

    assertThat(caller.get("http://stock/").body()).isEqualTo("stock-0");
    assertThat(caller.get("http://orders/").statusCode()).isEqualTo(200);
  }

  @Test
  void sidecarStartsWithoutControlAndSaysSo() throws Exception {
    mesh.stopControl();
    var caller = mesh.sidecar("web", "web-0", List.of(), Map.of());
    var answer = caller.admin("/ready");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("control");

    mesh.restartControl();

    await().until(() -> caller.admin("/ready").statusCode() == 200);
  }

  @Test
  void unusedServiceIsForgottenAndFoundAgain() throws Exception {
    mesh.workload("orders", "orders-0", mesh.backend("orders-0").port());
    var caller = mesh.caller("web", Map.of("idle", "200ms", "idleJitter", "1ms", "drain", "10ms"));
    assertThat(caller.get("http://orders/").statusCode()).isEqualTo(200);

    await().until(() -> !caller.admin("/discovery").body().contains("orders"));

    assertThat(caller.get("http://orders/").statusCode()).isEqualTo(200);
  }

  @Test
  void workloadIsRegisteredWhenItAnswersAndNotBefore() throws Exception {
    var late = mesh.backend("orders-0");
    var port = late.port();
    late.close();
    var sidecar = mesh.sidecar("orders", "orders-0", List.of("80:" + port), Map.of());
    await().until(() -> sidecar.admin("/ready").body().contains("does not answer"));
    var caller = mesh.caller("web");

    assertThat(caller.get("http://orders/").statusCode()).isEqualTo(404);
    assertThat(sidecar.admin("/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void grpcCallsPassBothSidecars() throws Exception {
    try (var server = EchoServer.start()) {
      mesh.workload("echo", "echo-0", List.of("80:" + server.port() + "/grpc"));
      var channel = grpc(mesh.caller("web"), "echo");
      try {
        assertThat(ClientCalls.blockingUnaryCall(channel, Echo.UNARY, CallOptions.DEFAULT, "hello"))
            .isEqualTo("hello");
        var counted = new ArrayList<String>();
        ClientCalls.blockingServerStreamingCall(channel, Echo.COUNT, CallOptions.DEFAULT, "1000")
            .forEachRemaining(counted::add);
        assertThat(counted).hasSize(1000);
      } finally {
        channel.shutdownNow();
      }
    }
  }

  @Test
  void grpcCallOfAnUnknownServiceHasAStatus() throws Exception {
    var channel = grpc(mesh.caller("web"), "nobody");
    try {
      ClientCalls.blockingUnaryCall(channel, Echo.UNARY, CallOptions.DEFAULT, "hello");
      throw new AssertionError("was answered");
    } catch (StatusRuntimeException e) {
      assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
      assertThat(e.getStatus().getDescription()).contains("no_such_service");
    } finally {
      channel.shutdownNow();
    }
  }

  @Test
  void ownNameLeadsThroughTheMesh() throws Exception {
    var backend = mesh.backend("orders-0");
    var sidecar = mesh.workload("orders", "orders-0", backend.port());

    assertThat(sidecar.get("http://orders/").body()).isEqualTo("orders-0");
  }

  private static ManagedChannel grpc(RunningSidecar caller, String service) {
    return NettyChannelBuilder.forAddress("127.0.0.1", caller.explicitPort())
        .overrideAuthority(service)
        .usePlaintext()
        .build();
  }

  /** Something that happens to the mesh. */
  private interface Event {
    void happen() throws Exception;
  }

  /** Calls on and on, before an event, during it and after; the answers that were not 200. */
  private static Set<String> whileCalling(RunningSidecar caller, String url, Event event)
      throws Exception {
    var failed = ConcurrentHashMap.<String>newKeySet();
    var over = new AtomicBoolean();
    var calls = new AtomicInteger();
    var load =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (!over.get()) {
                    try {
                      var answer = caller.get(url);
                      if (answer.statusCode() != 200) {
                        failed.add(answer.statusCode() + " " + answer.body());
                      }
                    } catch (IOException | InterruptedException e) {
                      failed.add(e.toString());
                    }
                    calls.incrementAndGet();
                  }
                });
    await().until(() -> calls.get() > 20);
    event.happen();
    var after = calls.get() + 50;
    await().until(() -> calls.get() > after);
    over.set(true);
    load.join();
    return failed;
  }
}
