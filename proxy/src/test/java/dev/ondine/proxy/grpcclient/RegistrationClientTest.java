package dev.ondine.proxy.grpcclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ondine.proto.v1.LeaseStatus;
import dev.ondine.proto.v1.WorkloadRegistrationGrpc;
import dev.ondine.proto.v1.WorkloadStatus;
import dev.ondine.testkit.ManualClock;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client before a real gRPC server, at a time that stands still. */
class RegistrationClientTest {
  private static final Registration ORDERS =
      new Registration("orders", "shop", "orders-0", "10.0.0.7", List.of(), "");

  private final ManualClock clock = new ManualClock();
  private final FakeRegistry registry = new FakeRegistry();
  private final List<String> events = new ArrayList<>();
  private final List<Integer> servers = new ArrayList<>();
  private Server server = registry.serve(0);
  private final ManagedChannel channel =
      NettyChannelBuilder.forAddress(
              new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()))
          .usePlaintext()
          .build();
  private final RegistrationClient client =
      new RegistrationClient(
          ORDERS,
          number -> {
            servers.add(number);
            return channel;
          },
          clock,
          new Random(1),
          new RegistrationClient.Watcher() {
            @Override
            public void registered(Registration.State state) {
              events.add("registered " + state);
            }

            @Override
            public void refused(String error) {
              events.add("refused " + error);
            }

            @Override
            public void lost(String reason) {
              events.add("lost");
            }
          });

  @BeforeEach
  void start() {
    client.start();
  }

  @AfterEach
  void stop() throws Exception {
    channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
  }

  private void expect(String... expected) {
    await()
        .untilAsserted(
            () -> {
              clock.run();
              assertThat(events).containsExactly(expected);
            });
  }

  @Test
  void nothingIsSentBeforeTheWorkloadIsReady() {
    clock.advance(Duration.ofMinutes(1));

    assertThat(registry.statuses).isEmpty();
    assertThat(servers).isEmpty();
  }

  @Test
  void aReadyWorkloadIsRegisteredAndRenewedEveryFiveSeconds() {
    client.register(Registration.State.READY);
    expect("registered READY");

    clock.advance(Duration.ofSeconds(5));
    expect("registered READY", "registered READY");

    assertThat(registry.statuses.getLast().getInstance()).isEqualTo("orders-0");
    assertThat(registry.streams).hasSize(1);
  }

  @Test
  void lameDuckAndGoneAreToldAtOnce() {
    client.register(Registration.State.READY);
    expect("registered READY");
    client.register(Registration.State.LAME_DUCK);
    expect("registered READY", "registered LAME_DUCK");
    client.stop();
    expect("registered READY", "registered LAME_DUCK", "registered GONE");

    clock.advance(Duration.ofMinutes(1));
    assertThat(registry.states())
        .containsExactly(
            WorkloadStatus.State.READY, WorkloadStatus.State.LAME_DUCK, WorkloadStatus.State.GONE);
  }

  @Test
  void aRefusalIsToldAndTheWorkloadOfferedAgain() {
    registry.refuse("name clash: orders-0 is at 10.0.0.6");
    client.register(Registration.State.READY);
    expect("refused name clash: orders-0 is at 10.0.0.6");

    registry.refuse("");
    clock.advance(Duration.ofSeconds(5));
    expect("refused name clash: orders-0 is at 10.0.0.6", "registered READY");
  }

  @Test
  void aBrokenStreamIsOpenedAgainAtTheNextAddress() {
    client.register(Registration.State.READY);
    expect("registered READY");

    registry.streams.getFirst().onError(io.grpc.Status.UNAVAILABLE.asRuntimeException());
    expect("registered READY", "lost");
    clock.advance(Duration.ofMillis(200));
    expect("registered READY", "lost", "registered READY");

    assertThat(servers).containsExactly(0, 1);
  }

  @Test
  void withoutControlItIsTriedAgainMoreAndMoreSeldom() throws Exception {
    var port = server.getPort();
    server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    client.register(Registration.State.READY);
    for (var attempt = 1; attempt <= 12; attempt++) {
      var tries = attempt;
      await()
          .untilAsserted(
              () -> {
                clock.run();
                assertThat(events).hasSize(tries).containsOnly("lost");
              });
      var before = clock.elapsed();
      while (servers.size() == tries) {
        clock.advance(Duration.ofMillis(50));
      }
      var pause = clock.elapsed().minus(before);
      assertThat(pause).isLessThanOrEqualTo(Duration.ofSeconds(5));
      assertThat(pause).isGreaterThanOrEqualTo(Duration.ofMillis(tries < 6 ? 100 : 2_500));
    }
    server = registry.serve(port);
    channel.resetConnectBackoff();
    await()
        .untilAsserted(
            () -> {
              clock.advance(Duration.ofSeconds(5));
              channel.resetConnectBackoff();
              assertThat(events).contains("registered READY");
            });
  }

  /** Control's end: takes every status, or refuses it. */
  private static final class FakeRegistry
      extends WorkloadRegistrationGrpc.WorkloadRegistrationImplBase {
    final List<WorkloadStatus> statuses = new CopyOnWriteArrayList<>();
    final List<StreamObserver<LeaseStatus>> streams = new CopyOnWriteArrayList<>();
    private volatile String error = "";

    Server serve(int port) {
      try {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        return NettyServerBuilder.forAddress(address).addService(this).build().start();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    void refuse(String error) {
      this.error = error;
    }

    List<WorkloadStatus.State> states() {
      return statuses.stream().map(WorkloadStatus::getState).toList();
    }

    @Override
    public StreamObserver<WorkloadStatus> attach(StreamObserver<LeaseStatus> answers) {
      streams.add(answers);
      return new StreamObserver<>() {
        @Override
        public void onNext(WorkloadStatus status) {
          statuses.add(status);
          answers.onNext(LeaseStatus.newBuilder().setTtlSeconds(15).setError(error).build());
          if (status.getState() == WorkloadStatus.State.GONE) {
            answers.onCompleted();
          }
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
      };
    }
  }
}
