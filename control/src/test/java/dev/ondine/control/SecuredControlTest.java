package dev.ondine.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.ondine.base.time.Ticker;
import dev.ondine.control.SvidClient.Svid;
import dev.ondine.control.ca.CaConfig;
import dev.ondine.control.ca.CaSettings;
import dev.ondine.control.ca.LocalIdentity;
import dev.ondine.model.Identity;
import dev.ondine.proto.v1.SignRequest;
import dev.ondine.proto.v1.WorkloadRegistrationGrpc;
import dev.ondine.proto.v1.WorkloadStatus;
import dev.ondine.proto.v1.WorkloadStatus.State;
import dev.ondine.testkit.ManualClock;
import dev.ondine.xds.codec.MeshTls;
import dev.ondine.xds.codec.ResourceType;
import dev.ondine.xds.transport.ChannelSettings;
import dev.ondine.xds.transport.GrpcChannels;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Control with identities, as it is met on the wire: over TLS and over the Unix socket. */
@Timeout(60)
class SecuredControlTest {
  @TempDir private Path folder;
  private final ManualClock clock = new ManualClock();
  private final List<ManagedChannel> channels = new ArrayList<>();
  private final GrpcChannels unix = new GrpcChannels(0);
  private final List<ControlPlane> planes = new ArrayList<>();

  @AfterEach
  void end() {
    channels.forEach(ManagedChannel::shutdownNow);
    unix.close();
    planes.forEach(ControlPlane::close);
  }

  @Test
  void aTokenIsEnoughToJoinAndTheCertificateToStay() throws Exception {
    var control = control();
    var orders = join(control, "shop", "orders");
    var channel = channel(control, Optional.of(orders));

    var attached = new AttachedWorkload(channel, "orders", "orders-0", "10.0.0.1");
    assertThat(attached.send(State.READY).getError()).isEmpty();
    var probe = new DeltaProbe(channel, "orders-0", "orders", "shop");
    probe.demand("orders.shop.mesh");
    probe.awaitHeld(ResourceType.ENDPOINTS, "orders.shop.mesh", _ -> true);

    var renewed = SvidClient.sign(channel, request("shop", "orders"));
    assertThat(renewed.keys()).isNotEqualTo(orders.keys());
    assertThat(
            SvidClient.sign(channel(control, Optional.of(renewed)), request("shop", "orders"))
                .chain())
        .hasSize(2);
    refused(Code.PERMISSION_DENIED, () -> SvidClient.sign(channel, request("shop", "admin")));
  }

  @Test
  void withoutACertificateOnlySigningIsAnswered() throws Exception {
    var control = control();
    var channel = channel(control, Optional.empty());
    refused(Code.UNAUTHENTICATED, () -> SvidClient.sign(channel, request("shop", "orders")));
    assertThat(register(channel, "shop", "orders", "orders")).isEqualTo("UNAUTHENTICATED");
    assertThat(ads(channel, "orders-0.shop", "shop")).isEqualTo("UNAUTHENTICATED");
  }

  @Test
  void t27AForgedNodeIsRefused() throws Exception {
    var control = control();
    var orders = channel(control, Optional.of(join(control, "shop", "orders")));
    var prices = channel(control, Optional.of(join(control, "shop", "prices")));
    assertThat(register(orders, "shop", "orders", "orders")).isEqualTo("OK");

    assertThat(ads(orders, "orders-0.shop", "shop")).isEqualTo("OPEN");
    assertThat(ads(orders, "orders-0.bank", "bank")).isEqualTo("PERMISSION_DENIED");
    assertThat(ads(orders, "orders-0.bank", "shop")).isEqualTo("PERMISSION_DENIED");
    assertThat(ads(prices, "orders-0.shop", "shop")).isEqualTo("PERMISSION_DENIED");
    assertThat(register(orders, "bank", "orders", "orders")).isEqualTo("PERMISSION_DENIED");
    assertThat(register(prices, "shop", "orders", "orders")).isEqualTo("PERMISSION_DENIED");
    assertThat(register(prices, "shop", "orders", "prices")).isEqualTo("PERMISSION_DENIED");
  }

  @Test
  void certificatesOfOthersAreNotBelieved() throws Exception {
    var control = control();
    var other = control("other");
    var stranger = join(other, "shop", "orders");
    var channel = channel(control, Optional.of(stranger));
    assertThatThrownBy(() -> SvidClient.sign(channel, request("shop", "orders")))
        .isInstanceOf(StatusRuntimeException.class);
    assertThat(metrics(control)).contains("ondine_ca_clients_refused_total 1.0");
    // And a sidecar does not believe another control.
    var wrongPin = SvidClient.channel(control.xds().getFirst(), pins(other), Optional.empty());
    channels.add(wrongPin);
    refused(Code.UNAVAILABLE, () -> SvidClient.sign(wrongPin, request("shop", "orders")));
  }

  @Test
  void aConnectionThatOutlivesItsCertificateMakesNoMoreCalls() throws Exception {
    var control = control();
    var channel = channel(control, Optional.of(join(control, "shop", "orders")));
    assertThat(SvidClient.sign(channel, request("shop", "orders")).chain()).hasSize(2);
    clock.leap(Duration.ofHours(24).plusSeconds(1));
    refused(Code.UNAUTHENTICATED, () -> SvidClient.sign(channel, request("shop", "orders")));
  }

  @Test
  void controlsCertificateIsExchangedWithoutARestart() throws Exception {
    var control = control();
    var before = control.authority().orElseThrow().own().orElseThrow();
    var orders = join(control, "shop", "orders");
    var first = channel(control, Optional.of(orders));
    SvidClient.sign(first, request("shop", "orders"));

    var rotation = control.authority().orElseThrow().rotation();
    rotation.start();
    rotation.advance(true);
    assertThat(control.authority().orElseThrow().own().orElseThrow()).isNotEqualTo(before);
    // Old connections go on, new ones see the new root; certificates of the old one still count.
    SvidClient.sign(first, request("shop", "orders"));
    var renewed = SvidClient.sign(channel(control, Optional.of(orders)), request("shop", "orders"));
    rotation.advance(true);
    SvidClient.sign(channel(control, Optional.of(renewed)), request("shop", "orders"));
    refused(Code.UNAUTHENTICATED, () -> SvidClient.sign(first, request("shop", "orders")));
  }

  @Test
  void aRotationWaitsForTheSidecarsThatDoNotTrustTheNewRoot() throws Exception {
    var control = control();
    var channel = channel(control, Optional.of(join(control, "shop", "orders")));
    var responses = new ArrayBlockingQueue<DeltaDiscoveryResponse>(8);
    var requests =
        AggregatedDiscoveryServiceGrpc.newStub(channel)
            .deltaAggregatedResources(
                new StreamObserver<DeltaDiscoveryResponse>() {
                  @Override
                  public void onNext(DeltaDiscoveryResponse value) {
                    responses.add(value);
                  }

                  @Override
                  public void onError(Throwable failure) {}

                  @Override
                  public void onCompleted() {}
                });
    requests.onNext(delta("orders-0.shop", "shop", ResourceType.SECRET, MeshTls.BUNDLES).build());
    requests.onNext(acknowledge(responses));

    var rotation = control.authority().orElseThrow().rotation();
    rotation.start();
    var added = responses.poll(10, TimeUnit.SECONDS);
    assertThatThrownBy(() -> rotation.advance(false))
        .hasMessageContaining("1 sidecars do not have bundle 2: orders-0.shop");
    responses.add(added);
    requests.onNext(acknowledge(responses));
    await().until(() -> rotation.status().waitingFor().isEmpty());
    assertThat(rotation.advance(false).phase()).isEqualTo("issuing");
  }

  private static DeltaDiscoveryRequest acknowledge(BlockingQueue<DeltaDiscoveryResponse> responses)
      throws InterruptedException {
    var response = responses.poll(10, TimeUnit.SECONDS);
    assertThat(response).isNotNull();
    assertThat(response.getResourcesList()).hasSize(1);
    return DeltaDiscoveryRequest.newBuilder()
        .setTypeUrl(response.getTypeUrl())
        .setResponseNonce(response.getNonce())
        .build();
  }

  @Test
  void theKernelSaysWhoAsksOverTheUnixSocket() throws Exception {
    var uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    var control = control("ca", List.of(LocalIdentity.parse(uid + "=shop/*")));
    var channel = unix.unix(folder.resolve("run/identity.sock"), ChannelSettings.DEFAULTS);
    channels.add(channel);
    var orders = SvidClient.sign(channel, request("shop", "orders"));
    assertThat(SvidClient.sign(channel(control, Optional.of(orders)), request("shop", "orders")))
        .isNotNull();
    refused(Code.PERMISSION_DENIED, () -> SvidClient.sign(channel, request("bank", "orders")));
    assertThat(ads(channel, "orders-0.shop", "shop")).isEqualTo("UNIMPLEMENTED");
    assertThat(register(channel, "shop", "orders", "orders")).isEqualTo("UNIMPLEMENTED");
  }

  @Test
  void aSocketThatIsLeftIsReplacedAndOneInUseIsNot() throws Exception {
    control().close();
    var control = control();
    assertThatThrownBy(() -> control("second"))
        .isInstanceOf(ControlStartException.class)
        .hasMessageStartingWith("--identity-socket: another process listens at");
    control.close();
    assertThat(folder.resolve("run/identity.sock")).doesNotExist();
  }

  @Test
  void foreignClientsMayTakeXdsInTheClearWhereTheyAreAllowedTo() throws Exception {
    var control = control();
    var channel =
        NettyChannelBuilder.forAddress(control.plaintext().getFirst()).usePlaintext().build();
    channels.add(channel);
    assertThat(ads(channel, "envoy", "shop")).isEqualTo("OPEN");
    assertThat(register(channel, "shop", "orders", "orders")).isEqualTo("UNIMPLEMENTED");
    refused(Code.UNIMPLEMENTED, () -> SvidClient.sign(channel, request("shop", "orders")));
  }

  @Test
  void keysThatOthersMayReadKeepItFromStarting() throws Exception {
    control().close();
    var root = folder.resolve("ca/root.pem");
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(this::control)
        .isInstanceOf(ControlStartException.class)
        .hasMessageStartingWith("--ca-dir: ")
        .hasMessageContaining("rw-r--r--");
  }

  private static String metrics(ControlPlane control) throws Exception {
    var uri = URI.create("http://" + ControlPlane.text(control.admin()) + "/metrics");
    try (var http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
    }
  }

  private Svid join(ControlPlane control, String namespace, String account) {
    var made = control.authority().orElseThrow().createToken(namespace, account, Optional.empty());
    var channel =
        SvidClient.channel(
            control.xds().getFirst(), new HashSet<>(made.token().roots()), Optional.empty());
    channels.add(channel);
    var svid =
        SvidClient.sign(channel, request(namespace, account).setJoinToken(made.token().text()));
    assertThat(made.identity()).isEqualTo(new Identity("mesh.local", namespace, account));
    return svid;
  }

  private ManagedChannel channel(ControlPlane control, Optional<Svid> own) {
    var channel = SvidClient.channel(control.xds().getFirst(), pins(control), own);
    channels.add(channel);
    return channel;
  }

  private static Set<String> pins(ControlPlane control) {
    return new HashSet<>(
        control
            .authority()
            .orElseThrow()
            .createToken("any", "any", Optional.empty())
            .token()
            .roots());
  }

  private static SignRequest.Builder request(String namespace, String account) {
    return SignRequest.newBuilder().setNamespace(namespace).setServiceAccount(account);
  }

  private static void refused(Code code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class, e -> assertThat(e.getStatus().getCode()).isEqualTo(code));
  }

  /** The status with which a registration is answered. */
  private static String register(
      ManagedChannel channel, String namespace, String service, String account)
      throws InterruptedException {
    var answers = new ArrayBlockingQueue<String>(8);
    var requests = WorkloadRegistrationGrpc.newStub(channel).attach(first(answers, "OK"));
    requests.onNext(
        WorkloadStatus.newBuilder()
            .setInstance(service + "-0")
            .setNamespace(namespace)
            .setService(service)
            .setServiceAccount(account)
            .setAddress("10.0.0.1")
            .setState(State.READY)
            .build());
    return answers.poll(10, TimeUnit.SECONDS);
  }

  /** The status with which an ADS stream is answered. */
  private static String ads(ManagedChannel channel, String id, String namespace)
      throws InterruptedException {
    var answers = new ArrayBlockingQueue<String>(8);
    var requests =
        AggregatedDiscoveryServiceGrpc.newStub(channel)
            .deltaAggregatedResources(first(answers, "OPEN"));
    requests.onNext(delta(id, namespace, ResourceType.CLUSTER, "nobody.shop.mesh").build());
    return answers.poll(10, TimeUnit.SECONDS);
  }

  private static DeltaDiscoveryRequest.Builder delta(
      String id, String namespace, ResourceType type, String name) {
    return DeltaDiscoveryRequest.newBuilder()
        .setTypeUrl(type.url())
        .addResourceNamesSubscribe(name)
        .setNode(
            Node.newBuilder()
                .setId(id)
                .setCluster("orders")
                .setUserAgentName("ondine")
                .setMetadata(
                    Struct.newBuilder()
                        .putFields(
                            "NAMESPACE", Value.newBuilder().setStringValue(namespace).build())));
  }

  private static <T> StreamObserver<T> first(BlockingQueue<String> answers, String good) {
    return new StreamObserver<>() {
      @Override
      public void onNext(T value) {
        answers.add(good);
      }

      @Override
      public void onError(Throwable failure) {
        answers.add(Status.fromThrowable(failure).getCode().name());
      }

      @Override
      public void onCompleted() {
        answers.add("COMPLETED");
      }
    };
  }

  private ControlPlane control() throws ControlStartException {
    return control("ca");
  }

  private ControlPlane control(String name) throws ControlStartException {
    return control(name, List.of());
  }

  private ControlPlane control(String name, List<LocalIdentity> local)
      throws ControlStartException {
    var run = folder.resolve(name.equals("other") ? "other-run" : "run");
    var settings =
        new ControlSettings(
                List.of(loopback()), loopback(), folder.resolve(name + ".db"), Optional.empty())
            .withIdentity(
                new IdentitySettings(
                    new CaConfig(
                        "mesh.local",
                        folder.resolve(name),
                        Optional.empty(),
                        local,
                        CaSettings.DEFAULTS),
                    run.resolve("identity.sock"),
                    List.of(loopback())));
    var control = ControlPlane.start(settings, clock.clock(), Ticker.system());
    planes.add(control);
    return control;
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }
}
