package dev.ondine.proxy.tls;

import static dev.ondine.proxy.tls.MeshSide.ORDERS;
import static dev.ondine.proxy.tls.MeshSide.WEB;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.ondine.model.Endpoint;
import dev.ondine.model.Identity;
import dev.ondine.proxy.endpoint.EndpointConnector;
import dev.ondine.proxy.http.ConnectionInfo;
import dev.ondine.proxy.http.ConnectionInfo.Direction;
import dev.ondine.proxy.http.Failure;
import dev.ondine.proxy.http.Reason;
import dev.ondine.proxy.tls.TransportSecurity.Expected;
import dev.ondine.proxy.transport.Connection;
import dev.ondine.proxy.transport.EventLoops;
import dev.ondine.proxy.transport.ListenerSettings;
import dev.ondine.proxy.transport.TcpConnector;
import dev.ondine.proxy.transport.TcpListener;
import dev.ondine.testkit.tls.TestAuthority;
import dev.ondine.testkit.tls.TestAuthority.Issued;
import dev.ondine.testkit.tls.TestAuthority.Leaf;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Both ends of mutual TLS, and what each refuses of the other. */
class MutualTlsTest {
  private static final Instant NOW = Instant.parse("2026-11-25T12:00:00Z");
  private static final TestAuthority AUTHORITY = TestAuthority.at(NOW);
  private static final TestAuthority OTHER = TestAuthority.at(NOW);
  private static final byte[] APP_DATA = "from the app".getBytes(ISO_8859_1);

  private final EventLoops loops = EventLoops.start(2);
  private final Seen seen = new Seen();
  private final BlockingQueue<Object> outcomes = new ArrayBlockingQueue<>(10);
  private final List<String> received = new CopyOnWriteArrayList<>();
  private final List<ConnectionInfo> accepted = new CopyOnWriteArrayList<>();
  private final AtomicReference<Optional<MeshCredentials>> shown =
      new AtomicReference<>(Optional.of(MeshSide.of(AUTHORITY, ORDERS)));
  private final AtomicReference<Optional<MeshCredentials>> own =
      new AtomicReference<>(Optional.of(MeshSide.of(AUTHORITY, WEB)));
  private final AtomicReference<Instant> clock = new AtomicReference<>(NOW);
  private final InstantSource time = clock::get;
  private TcpListener listener;
  private final List<Connection> made = new CopyOnWriteArrayList<>();
  private MutualTls server;
  private MutualTls client;

  /** What both sides say of their handshakes. */
  private static final class Seen implements MeshHandshakes {
    private final List<String> all = new CopyOnWriteArrayList<>();

    @Override
    public void completed(Direction direction) {
      all.add(direction + " completed");
    }

    @Override
    public void failed(Direction direction, SocketAddress peer, TlsFailure failure, String detail) {
      all.add(direction + " " + failure.text() + ": " + detail);
    }

    List<String> of(Direction direction) {
      return all.stream().filter(line -> line.startsWith(direction.name())).toList();
    }
  }

  @BeforeEach
  void start() throws IOException {
    server = new MutualTls(shown::get, TlsSettings.DEFAULTS, time, seen, 2);
    client = new MutualTls(own::get, TlsSettings.DEFAULTS, time, seen, 2);
    var loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    listener =
        TcpListener.bind(
            loops,
            ListenerSettings.on(loopback, Direction.INBOUND),
            server.accepting(this::serve).orElseThrow());
  }

  private void serve(Connection connection, ConnectionInfo info) {
    accepted.add(info);
    connection
        .channel()
        .pipeline()
        .addLast(
            new ChannelInboundHandlerAdapter() {
              @Override
              public void channelRead(ChannelHandlerContext ctx, Object message) {
                var bytes = (ByteBuf) message;
                received.add(bytes.toString(ISO_8859_1));
                var _ = ctx.writeAndFlush(bytes);
              }
            });
    connection.channel().config().setAutoRead(true);
  }

  @AfterEach
  void stop() {
    made.forEach(Connection::close);
    // A loop that ends no longer tells handlers that they are removed, which frees what they hold.
    await().until(() -> listener.connections() == 0);
    listener.close();
    loops.close();
    server.close();
    client.close();
  }

  /** The connection, or the failure. */
  private Object connect(Expected expected) throws InterruptedException {
    var loop = loops.all().getFirst();
    var connector =
        new EndpointConnector(new TcpConnector(loops, Map.of(), TcpConnector.Guard.OFF), client)
            .towards(expected);
    var port = ((InetSocketAddress) listener.address()).getPort();
    loop.execute(
        () ->
            connector.connect(
                loop,
                Endpoint.of("127.0.0.1", port),
                Duration.ofSeconds(5),
                new TcpConnector.Attempt() {
                  @Override
                  public void connected(Connection connection) {
                    connection.channel().config().setAutoRead(true);
                    connection
                        .channel()
                        .pipeline()
                        .addLast(
                            new ChannelInboundHandlerAdapter() {
                              @Override
                              public void channelRead(ChannelHandlerContext ctx, Object message) {
                                var bytes = (ByteBuf) message;
                                outcomes.add(bytes.toString(ISO_8859_1));
                                bytes.release();
                              }
                            });
                    made.add(connection);
                    outcomes.add(connection);
                    var _ = connection.channel().writeAndFlush(Unpooled.wrappedBuffer(APP_DATA));
                  }

                  @Override
                  public void failed(Failure failure) {
                    outcomes.add(failure);
                  }
                }));
    return outcome();
  }

  private Object outcome() throws InterruptedException {
    var outcome = outcomes.poll(10, TimeUnit.SECONDS);
    assertThat(outcome).as("nothing happened within 10 s; seen: " + seen.all).isNotNull();
    return outcome;
  }

  private static Expected only(Identity identity) {
    return new Expected.OneOf(Set.of(identity), Inside.HTTP1);
  }

  @Test
  void bothKnowEachOther() throws Exception {
    var connection = connect(only(ORDERS));

    assertThat(connection).isInstanceOf(Connection.class);
    assertThat(((Connection) connection).proven()).contains(ORDERS);
    assertThat(outcome()).isEqualTo("from the app");
    var info = accepted.getFirst();
    assertThat(info.peerIdentity()).contains(WEB);
    assertThat(info.tls().orElseThrow().version()).isEqualTo("TLSv1.3");
    assertThat(info.tls().orElseThrow().application()).contains("ondine/http/1.1");
    assertThat(info.tls().orElseThrow().forwardedCert().orElseThrow())
        .matches("By=" + ORDERS + ";Hash=[0-9a-f]{64};URI=" + WEB);
    assertThat(seen.all).containsExactlyInAnyOrder("INBOUND completed", "OUTBOUND completed");
  }

  // ---- T25: what is refused, in both directions
  // ----------------------------------------------------

  private static Leaf leaf() {
    return AUTHORITY.leaf(WEB.spiffeId());
  }

  private static Arguments bad(String what, TlsFailure failure, Issued issued) {
    return Arguments.of(what, failure, issued);
  }

  private static Leaf named(String uri) {
    return AUTHORITY.leaf(uri);
  }

  static Stream<Arguments> bad() {
    return Stream.of(
        bad("expired", TlsFailure.EXPIRED, leaf().expired().issue()),
        bad("not yet valid", TlsFailure.NOT_YET_VALID, leaf().notYetValid().issue()),
        bad("two URIs", TlsFailure.SEVERAL_NAMES, leaf().uri(ORDERS.spiffeId()).issue()),
        bad("the same URI twice", TlsFailure.SEVERAL_NAMES, leaf().uri(WEB.spiffeId()).issue()),
        bad("no name", TlsFailure.NO_NAME, leaf().unnamed().issue()),
        bad("a host only", TlsFailure.NO_NAME, leaf().unnamed().dns("web.shop").issue()),
        bad("an authority", TlsFailure.CA_CERTIFICATE, leaf().authority().issue()),
        bad("signs certificates", TlsFailure.CA_CERTIFICATE, leaf().keyCertSign().issue()),
        bad("another root", TlsFailure.UNKNOWN_ISSUER, OTHER.leaf(WEB.spiffeId()).issue()),
        bad("self-signed", TlsFailure.UNKNOWN_ISSUER, leaf().selfSigned().issue()),
        bad("without intermediate", TlsFailure.UNKNOWN_ISSUER, leaf().shownWith(1).issue()),
        bad(
            "another trust domain",
            TlsFailure.WRONG_TRUST_DOMAIN,
            named("spiffe://elsewhere/ns/shop/sa/web").issue()),
        bad(
            "upper case",
            TlsFailure.MALFORMED_NAME,
            named("spiffe://CLUSTER.LOCAL/ns/shop/sa/web").issue()),
        bad(
            "percent-encoded",
            TlsFailure.MALFORMED_NAME,
            named("spiffe://cluster%2elocal/ns/shop/sa/web").issue()),
        bad(
            "another scheme",
            TlsFailure.MALFORMED_NAME,
            named("https://cluster.local/ns/shop/sa/web").issue()),
        bad(
            "a query",
            TlsFailure.MALFORMED_NAME,
            named("spiffe://cluster.local/ns/shop/sa/web?a").issue()),
        bad("a NUL", TlsFailure.MALFORMED_CERTIFICATE, named(WEB.spiffeId() + "\0.evil").issue()),
        bad("six certificates", TlsFailure.CHAIN_TOO_LONG, leaf().shownWith(6).issue()),
        bad("a hundred certificates", TlsFailure.CHAIN_TOO_LONG, leaf().shownWith(100).issue()),
        bad("a short RSA key", TlsFailure.WEAK_KEY, leaf().rsa(1024).issue()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad")
  void badClientIsRefused(String what, TlsFailure failure, Issued issued) throws Exception {
    own.set(Optional.of(MeshSide.of(AUTHORITY, WEB, issued)));

    var outcome = connect(only(ORDERS));

    assertThat(outcome).isInstanceOf(Failure.class);
    assertThat(((Failure) outcome).reason()).isEqualTo(Reason.TLS_FAILED);
    assertThat(((Failure) outcome).delivery()).isEqualTo(Failure.Delivery.NOT_SENT);
    await()
        .untilAsserted(
            () ->
                assertThat(seen.of(Direction.INBOUND))
                    .singleElement()
                    .asString()
                    .startsWith("INBOUND " + failure.text()));
    assertThat(accepted).isEmpty();
    assertThat(received).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad")
  void badServerIsRefused(String what, TlsFailure failure, Issued issued) throws Exception {
    shown.set(Optional.of(MeshSide.of(AUTHORITY, ORDERS, issued)));

    var outcome = connect(new Expected.OneOf(Set.of(WEB, ORDERS), Inside.HTTP1));

    assertThat(outcome).isInstanceOf(Failure.class);
    assertThat(((Failure) outcome).detail()).startsWith(failure.text());
    assertThat(((Failure) outcome).delivery()).isEqualTo(Failure.Delivery.NOT_SENT);
    assertThat(seen.of(Direction.OUTBOUND)).singleElement().asString().contains(failure.text());
    assertThat(received).isEmpty();
  }

  // ---- secure naming, and who is refused for what it is not
  // ----------------------------------------

  private Failure failure(Expected expected) throws InterruptedException {
    return (Failure) connect(expected);
  }

  @Test
  void anotherIdentityThanExpectedIsRefused() throws Exception {
    var failure = failure(only(WEB));

    assertThat(failure.detail()).startsWith("wrong_identity").contains(ORDERS.spiffeId());
    assertThat(received).isEmpty();
  }

  @Test
  void certificatesForTheOtherRoleAreRefused() throws Exception {
    shown.set(
        Optional.of(MeshSide.of(AUTHORITY, ORDERS, named(ORDERS.spiffeId()).clientOnly().issue())));
    assertThat(failure(only(ORDERS)).detail()).startsWith("wrong_usage");

    shown.set(Optional.of(MeshSide.of(AUTHORITY, ORDERS)));
    own.set(Optional.of(MeshSide.of(AUTHORITY, WEB, leaf().serverOnly().issue())));
    assertThat(failure(only(ORDERS)).reason()).isEqualTo(Reason.TLS_FAILED);
    await()
        .untilAsserted(
            () -> assertThat(seen.of(Direction.INBOUND).getLast()).contains("wrong_usage"));
    assertThat(received).isEmpty();
  }

  @Test
  void certificatesOfOtherKindsThatAreRightAreTaken() throws Exception {
    own.set(Optional.of(MeshSide.of(AUTHORITY, WEB, leaf().rsa(2048).dns("web").issue())));
    shown.set(
        Optional.of(MeshSide.of(AUTHORITY, ORDERS, named(ORDERS.spiffeId()).anyPurpose().issue())));

    assertThat(connect(only(ORDERS))).isInstanceOf(Connection.class);
  }

  @Test
  void clientWithoutIdentityFailsBeforeItConnects() throws Exception {
    own.set(Optional.empty());

    assertThat(failure(only(ORDERS)).detail()).startsWith("no_identity");
    assertThat(accepted).isEmpty();
  }

  @Test
  void serverWithoutIdentityRefuses() throws Exception {
    shown.set(Optional.empty());

    assertThat(failure(only(ORDERS)).reason()).isEqualTo(Reason.TLS_FAILED);
    assertThat(seen.of(Direction.INBOUND)).singleElement().asString().contains("no_identity");
  }

  @Test
  void whereNobodyMayAnswerNothingIsSent() throws Exception {
    assertThat(failure(new Expected.Nobody("its identities are empty")).detail())
        .startsWith("nobody_expected");
  }

  // ---- time, rotation, resumption
  // -------------------------------------------------------------------

  @Test
  void clocksThatDifferByMinutesDoNotMatterAndByADayTheySayWhy() throws Exception {
    clock.set(NOW.minus(Duration.ofMinutes(5)));
    assertThat(connect(only(ORDERS))).isInstanceOf(Connection.class);
    assertThat(outcome()).isEqualTo("from the app");

    clock.set(NOW.plus(Duration.ofHours(26)));
    assertThat(failure(only(ORDERS)).detail()).startsWith("expired").contains("clock");

    clock.set(NOW);
    assertThat(connect(only(ORDERS))).isInstanceOf(Connection.class);
  }

  @Test
  void connectionIsOfNoUseOnceACertificateHasExpired() throws Exception {
    var connection = (Connection) connect(only(ORDERS));
    assertThat(connection.isStale()).isFalse();

    clock.set(NOW.plus(Duration.ofHours(25)));

    assertThat(connection.isStale()).isTrue();
  }

  @Test
  void renewedCredentialsAreUsedByThoseWhoConnectLater() throws Exception {
    var before = (Connection) connect(only(ORDERS));
    assertThat(outcome()).isEqualTo("from the app");
    var hash = accepted.getFirst().tls().orElseThrow().forwardedCert();

    own.set(Optional.of(MeshSide.of(AUTHORITY, WEB)));
    shown.set(Optional.of(MeshSide.of(AUTHORITY, ORDERS)));

    assertThat(connect(only(ORDERS))).isInstanceOf(Connection.class);
    assertThat(outcome()).isEqualTo("from the app");
    assertThat(accepted.getLast().tls().orElseThrow().forwardedCert()).isNotEqualTo(hash);
    assertThat(before.isStale()).isFalse();
    before
        .loop()
        .execute(
            () -> {
              var _ = before.channel().writeAndFlush(Unpooled.wrappedBuffer(APP_DATA));
            });
    assertThat(outcome()).isEqualTo("from the app");
  }

  @Test
  void rootThatIsBelievedNoLongerEndsTheUseOfItsConnections() throws Exception {
    var before = (Connection) connect(only(ORDERS));
    assertThat(outcome()).isEqualTo("from the app");

    own.set(Optional.of(MeshSide.of(OTHER, WEB)));

    assertThat(before.isStale()).isTrue();
    assertThat(failure(only(ORDERS)).detail()).startsWith("unknown_issuer");
  }

  /** The JDK's clients keep what they could resume, and try to. */
  @Test
  void clientThatWouldResumeIsCheckedAgain() throws Exception {
    var context = resuming(leaf().issue());
    for (var i = 0; i < 2; i++) {
      assertThat(ask(context)).isEqualTo("from the app");
    }
    var sent = received.size();

    clock.set(NOW.plus(Duration.ofHours(26)));

    assertThatThrownBy(() -> ask(context)).isInstanceOf(IOException.class);
    await()
        .untilAsserted(() -> assertThat(seen.of(Direction.INBOUND).getLast()).contains("expired"));
    assertThat(received).hasSize(sent);
  }

  @Test
  void clientWithoutCertificateIsRefused() throws Exception {
    var context = SSLContext.getInstance("TLS");
    context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);

    assertThatThrownBy(() -> ask(context)).isInstanceOf(IOException.class);
    await()
        .untilAsserted(
            () ->
                assertThat(seen.of(Direction.INBOUND))
                    .singleElement()
                    .asString()
                    .contains("no_certificate"));
    assertThat(accepted).isEmpty();
    assertThat(received).isEmpty();
  }

  @Test
  void clientOfAnOlderVersionIsRefused() throws Exception {
    var context = resuming(leaf().issue());

    assertThatThrownBy(() -> ask(context, "TLSv1.2")).isInstanceOf(IOException.class);
    await().untilAsserted(() -> assertThat(seen.of(Direction.INBOUND)).singleElement().isNotNull());
    assertThat(received).isEmpty();
  }

  private static SSLContext resuming(Issued issued) throws Exception {
    var password = "test".toCharArray();
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, password);
    store.setKeyEntry(
        "own", issued.key().getPrivate(), password, issued.chain().toArray(Certificate[]::new));
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password);
    var context = SSLContext.getInstance("TLS");
    context.init(
        keys.getKeyManagers(), InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    return context;
  }

  /** Says it, and hears the answer. */
  private String ask(SSLContext context, String... versions) throws IOException {
    var port = ((InetSocketAddress) listener.address()).getPort();
    try (var socket =
        (SSLSocket)
            context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      if (versions.length > 0) {
        socket.setEnabledProtocols(versions);
      }
      socket.getOutputStream().write(APP_DATA);
      var answer = socket.getInputStream().readNBytes(APP_DATA.length);
      if (answer.length < APP_DATA.length) {
        throw new IOException("closed after " + answer.length + " bytes");
      }
      return new String(answer, ISO_8859_1);
    }
  }
}
