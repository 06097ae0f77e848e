package dev.ondine.proxy.grpcclient;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.ondine.proto.v1.LeaseStatus;
import dev.ondine.proto.v1.WorkloadRegistrationGrpc;
import dev.ondine.proto.v1.WorkloadStatus;
import dev.ondine.testkit.BusyScheduler;
import dev.ondine.testkit.ManualClock;
import dev.ondine.xds.transport.GrpcChannels;
import dev.ondine.xds.transport.ServerAddress;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The client before a real gRPC server, at a time that stands still. */
class RegistrationClientTest {
  private static final Registration ORDERS =
      new Registration("orders", "shop", "orders-0", "orders", false, "10.0.0.7", List.of(), "");

  private final ManualClock clock = new ManualClock();
  private Optional<Census> census = Optional.empty();
  private final BusyScheduler scheduler = new BusyScheduler(clock);
  private final FakeRegistry registry = new FakeRegistry();
  private final List<String> events = new ArrayList<>();
  private Server server = registry.serve(0);
  private Server other = registry.serve(0);
  private final GrpcChannels channels = new GrpcChannels(0);
  private final ControlChannels control =
      new ControlChannels(
          channels,
          new dev.ondine.xds.transport.ChannelSecurity.Plaintext(),
          List.of(address(server), address(other)));
  private final RegistrationClient client =
      new RegistrationClient(
          ORDERS,
          () -> census,
          control,
          scheduler,
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
    control.close();
    channels.close();
    server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    other.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
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
  void aCensusGoesWithAStatusOnlyWhereItSaysSomethingNew() {
    census = Optional.of(census(7));
    client.register(Registration.State.READY);
    expectStatuses(1);
    clock.advance(Duration.ofSeconds(5));
    expectStatuses(2);
    census = Optional.of(census(8));
    clock.advance(Duration.ofSeconds(5));
    expectStatuses(3);

    assertThat(registry.requestsOfTheFirst()).containsExactly(7L, -1L, 8L);
  }

  @Test
  void aCensusThatWasRefusedOrLostIsSaidAgain() throws Exception {
    census = Optional.of(census(7));
    registry.refuse("name clash: orders-0 is at 10.0.0.6");
    client.register(Registration.State.READY);
    expect("refused name clash: orders-0 is at 10.0.0.6");
    registry.refuse("");
    clock.advance(Duration.ofSeconds(5));
    expectStatuses(2);
    server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    await().untilAsserted(() -> assertThat(runAndSee()).contains("lost"));
    clock.advance(Duration.ofMillis(200));
    expectStatuses(3);

    assertThat(registry.requestsOfTheFirst()).containsExactly(7L, 7L, 7L);
  }

  private List<String> runAndSee() {
    clock.run();
    return events;
  }

  private Census census(long requests) {
    var now = clock.clock().instant();
    return new Census(
        "permissive",
        ManualClock.START,
        now,
        List.of(new Census.Plaintext("10.0.0.9", 8080, 1, requests, ManualClock.START)),
        List.of());
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
  void aBrokenStreamIsOpenedAgainAtTheNextAddress() throws Exception {
    client.register(Registration.State.READY);
    expect("registered READY");

    server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    expect("registered READY", "lost");
    clock.advance(Duration.ofMillis(200));
    expect("registered READY", "lost", "registered READY");
  }

  /** It knows the client by what it showed when it connected, which has expired since. */
  @Test
  void whoIsNoLongerBelievedConnectsAnew() {
    client.register(Registration.State.READY);
    expect("registered READY");
    registry.disbelieve();
    expect("registered READY", "lost");
    clock.advance(Duration.ofMillis(200)); // at the other address
    expect("registered READY", "lost", "registered READY");
    registry.disbelieve();
    expect("registered READY", "lost", "registered READY", "lost");
    clock.advance(Duration.ofMillis(400)); // at the first one again
    expect("registered READY", "lost", "registered READY", "lost", "registered READY");

    assertThat(registry.peers).hasSize(3).doesNotHaveDuplicates();
  }

  @Test
  void withoutControlItIsTriedAgainUntilControlIsThere() throws Exception {
    server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    var port = other.getPort();
    other.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    client.register(Registration.State.READY);
    for (var tries = 1; tries <= 8; tries++) {
      var least = tries;
      await()
          .untilAsserted(
              () -> {
                clock.run();
                assertThat(events).hasSizeGreaterThanOrEqualTo(least).containsOnly("lost");
              });
      clock.advance(Duration.ofSeconds(5));
    }
    assertThat(events).as("more and more seldom: 0.2 s to 5 s").hasSizeLessThan(25);

    other = registry.serve(port);
    await()
        .untilAsserted(
            () -> {
              clock.advance(Duration.ofSeconds(5));
              assertThat(events).contains("registered READY");
            });
  }

  @Test
  void anAnswerIsThatToTheStatusItAnswers() {
    registry.answersLater();
    client.register(Registration.State.READY);
    client.register(Registration.State.LAME_DUCK);
    expectStatuses(2);
    registry.answer();
    registry.answer();
    expect("registered LAME_DUCK"); // and not READY's answer, too
  }

  /** It may have been taken, though nobody has heard of that. */
  @Test
  void whatWasSentAndNotAnsweredIsTakenBack() {
    registry.answersLater();
    client.register(Registration.State.READY);
    expectStatuses(1);
    client.retire(() -> events.add("unknown"));
    expectStatuses(2);
    client.register(Registration.State.READY);
    clock.advance(Duration.ofSeconds(5));
    expectStatuses(3);

    assertThat(events).isEmpty();
    assertThat(registry.states())
        .containsExactly(
            WorkloadStatus.State.READY,
            WorkloadStatus.State.LAME_DUCK,
            WorkloadStatus.State.LAME_DUCK);
  }

  @Test
  void whatControlMayKnowIsTakenBackWhenControlReturns() throws Exception {
    client.register(Registration.State.READY);
    expect("registered READY");
    server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    expect("registered READY", "lost");
    client.withdraw();
    expect("registered READY", "lost", "registered LAME_DUCK");
    client.retire(() -> events.add("unknown"));
    expect("registered READY", "lost", "registered LAME_DUCK", "unknown");
  }

  @Test
  void whatWasNeverAdvertisedIsNotSent() {
    client.retire(() -> events.add("unknown"));
    client.register(Registration.State.READY);
    clock.advance(Duration.ofMinutes(1));

    assertThat(events).containsExactly("unknown");
    assertThat(registry.statuses).isEmpty();
  }

  @Test
  void itGoesOnWhereTheSchedulerHasNoRoom() throws Exception {
    scheduler.rejectTimers(1);
    client.register(Registration.State.READY);
    expect("registered READY");
    clock.advance(Duration.ofSeconds(5));
    expect("registered READY", "registered READY");

    scheduler.rejectTimers(2);
    server.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
    expect("registered READY", "registered READY", "lost");
    clock.advance(Duration.ofMillis(200));
    expect("registered READY", "registered READY", "lost", "registered READY");
    assertThat(scheduler.toReject()).isZero();
  }

  @Test
  void aStreamOnWhichNobodyAnswersIsGivenUp() {
    registry.answersLater();
    client.register(Registration.State.READY);
    for (var sent = 1; sent <= 12; sent++) {
      expectStatuses(sent);
      clock.advance(Duration.ofSeconds(5));
    }
    expect("lost");
    clock.advance(Duration.ofMillis(200));
    expectStatuses(13);
    assertThat(registry.streams).hasSize(2);
  }

  private void expectStatuses(int count) {
    await()
        .untilAsserted(
            () -> {
              clock.run();
              assertThat(registry.statuses).hasSize(count);
            });
  }

  private static ServerAddress address(Server server) {
    return new ServerAddress("127.0.0.1", server.getPort());
  }

  /** Control's end: takes every status, or refuses it. */
  private static final class FakeRegistry
      extends WorkloadRegistrationGrpc.WorkloadRegistrationImplBase implements ServerInterceptor {
    final List<String> peers = new CopyOnWriteArrayList<>();
    final List<WorkloadStatus> statuses = new CopyOnWriteArrayList<>();
    final List<StreamObserver<LeaseStatus>> streams = new CopyOnWriteArrayList<>();
    private final Queue<Runnable> answers = new ConcurrentLinkedQueue<>();
    private volatile String error = "";
    private volatile boolean later;

    Server serve(int port) {
      try {
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        return NettyServerBuilder.forAddress(address)
            .addService(this)
            .intercept(this)
            .build()
            .start();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      peers.add(String.valueOf(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR)));
      return next.startCall(call, headers);
    }

    /** Ends the newest stream. */
    void disbelieve() {
      streams.getLast().onError(Status.UNAUTHENTICATED.asRuntimeException());
    }

    void refuse(String error) {
      this.error = error;
    }

    /** Only when the test says so. */
    void answersLater() {
      later = true;
    }

    void answer() {
      requireNonNull(answers.poll(), "nothing to answer").run();
    }

    List<WorkloadStatus.State> states() {
      return statuses.stream().map(WorkloadStatus::getState).toList();
    }

    /** By status; -1 where it says nothing of callers. */
    List<Long> requestsOfTheFirst() {
      return statuses.stream()
          .map(one -> one.hasCensus() ? one.getCensus().getPlaintext(0).getRequests() : -1L)
          .toList();
    }

    @Override
    public StreamObserver<WorkloadStatus> attach(StreamObserver<LeaseStatus> answers) {
      streams.add(answers);
      return new StreamObserver<>() {
        @Override
        public void onNext(WorkloadStatus status) {
          var lease = LeaseStatus.newBuilder().setTtlSeconds(15).setError(error).build();
          if (later) {
            FakeRegistry.this.answers.add(() -> answers.onNext(lease));
            statuses.add(status);
            return;
          }
          statuses.add(status);
          answers.onNext(lease);
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
