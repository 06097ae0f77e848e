package dev.ondine.proxy.discovery.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.base.time.Scheduler;
import dev.ondine.proxy.discovery.CacheFixture;
import dev.ondine.proxy.discovery.FakeControl;
import dev.ondine.proxy.discovery.Shop;
import io.netty.handler.codec.dns.DnsRecordType;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Queries for mesh names and for others, with the real cache and scripted upstream resolvers. */
class ResolverTest {
  private static final InetSocketAddress FIRST = new InetSocketAddress("10.0.0.2", 53);
  private static final InetSocketAddress SECOND = new InetSocketAddress("10.0.0.3", 53);
  private static final String ORDERS = "orders.default.mesh";

  private final CacheFixture mesh = new CacheFixture(Map.of());
  private final FakeControl control = mesh.control;
  private final FakeUpstream upstream = new FakeUpstream();
  private final List<byte[]> replies = new ArrayList<>();
  private Resolver resolver = resolver(List.of(FIRST, SECOND), 64);

  private Resolver resolver(List<InetSocketAddress> servers, int maxInFlight) {
    return new Resolver(
        mesh.cache,
        new MeshNames("default", List.of("corp.example")),
        new Forwarder(servers, new Random(3)),
        new DnsMetrics(mesh.metrics),
        maxInFlight);
  }

  private void ask(byte[] query) {
    resolver.query(query, upstream, false, replies::add);
    control.clock.run();
  }

  private DnsMessages.Read reply() {
    assertThat(replies).hasSize(1);
    return DnsMessages.read(replies.removeFirst());
  }

  @Test
  void aMeshNameIsDiscoveredAndAnsweredWithItsVirtualIp() {
    ask(DnsMessages.a("orders"));
    assertThat(replies).isEmpty();
    assertThat(control.asked()).containsExactly(List.of(ORDERS));

    control.has(Shop.http("orders", "10.0.0.1"));

    assertThat(reply())
        .isEqualTo(new DnsMessages.Read(DnsMessages.ID, "NoError(0)", List.of("240.240.0.5"), 5));
    assertThat(upstream.asked).isEmpty();
  }

  @Test
  void thereIsNoIpv6AddressButTheNameExists() {
    mesh.call("orders");
    control.has(Shop.http("orders", "10.0.0.1"));

    ask(DnsMessages.query("orders", DnsRecordType.AAAA));

    var reply = reply();
    assertThat(reply.code()).isEqualTo("NoError(0)");
    assertThat(reply.addresses()).isEmpty();
  }

  @Test
  void aMissingMeshNameDoesNotExist() {
    ask(DnsMessages.a("orders.shop.mesh"));
    control.lacks("orders.shop.mesh");

    assertThat(reply().code()).startsWith("NXDomain");
    assertThat(upstream.asked).isEmpty();
  }

  @Test
  void aFormOfTheSearchListIsAnswered() {
    mesh.call("orders");
    control.has(Shop.http("orders", "10.0.0.1"));

    ask(DnsMessages.a("orders.corp.example"));

    assertThat(reply().addresses()).containsExactly("240.240.0.5");
  }

  @Test
  void aFormOfTheSearchListThatIsNoServiceMayBeAHostOutside() {
    mesh.call("db");
    control.lacks("db.default.mesh");
    mesh.call("db.corp");

    ask(DnsMessages.a("db.corp.example"));

    assertThat(upstream.asked).containsExactly(FIRST);
  }

  @Test
  void withoutUpstreamResolversWhatIsNoServiceDoesNotExist() {
    resolver = resolver(List.of(), 64);
    ask(DnsMessages.a("example.com"));
    control.lacks("example.com.mesh");

    assertThat(reply().code()).startsWith("NXDomain");
  }

  @Test
  void aMissingNameThatLooksLikeOneOutsideIsForwarded() {
    ask(DnsMessages.a("example.com"));
    assertThat(upstream.asked).isEmpty();
    control.lacks("example.com.mesh");

    assertThat(upstream.asked).containsExactly(FIRST);
  }

  @Test
  void anOutsideNameIsForwardedAtOnceWithTheSameBytesUnderAnotherId() {
    var query = DnsMessages.query("www.example.com", DnsRecordType.TXT);
    ask(query);

    assertThat(control.asked()).isEmpty();
    var sent = upstream.messages.getFirst();
    assertThat(Reply.withId(sent, DnsMessages.ID)).isEqualTo(query);
    assertThat(sent).isNotEqualTo(query);

    upstream.answers(sent);
    assertThat(DnsMessages.read(replies.getFirst()).id()).isEqualTo(DnsMessages.ID);
  }

  @Test
  void anAnswerWithAnotherIdOrQuestionIsNotBelieved() {
    ask(DnsMessages.a("www.example.com"));
    var sent = upstream.messages.getFirst();

    upstream.answers(Reply.withId(sent, Question.number(sent, 0) ^ 1));
    upstream.answers(Reply.withId(DnsMessages.a("www.example.org"), Question.number(sent, 0)));
    assertThat(replies).isEmpty();

    upstream.answers(sent);
    assertThat(replies).hasSize(1);
  }

  @Test
  void aSilentServerIsFollowedByTheNext() {
    ask(DnsMessages.a("www.example.com"));
    mesh.passes(Duration.ofSeconds(2));
    assertThat(upstream.asked).containsExactly(FIRST, SECOND);
    assertThat(upstream.ended).isEqualTo(1);

    upstream.answers(upstream.messages.getLast());
    assertThat(reply().code()).isEqualTo("NoError(0)");
  }

  @Test
  void aServerThatRefusesIsFollowedByTheNextAtOnce() {
    ask(DnsMessages.a("www.example.com"));
    upstream.fails();

    assertThat(upstream.asked).containsExactly(FIRST, SECOND);
  }

  @Test
  void whenNoServerAnswersTheClientIsToldBeforeItAsksAgain() {
    ask(DnsMessages.a("www.example.com"));
    mesh.passes(Duration.ofMillis(4_500));

    assertThat(reply().code()).startsWith("ServFail");
    assertThat(upstream.ended).isEqualTo(2);
    assertThat(control.clock.timers()).isZero();
  }

  @Test
  void aMeshNameThatControlDoesNotAnswerFailsAndMayBeAskedAgain() {
    ask(DnsMessages.a("orders"));
    mesh.passes(Duration.ofSeconds(2));

    assertThat(reply().code()).startsWith("ServFail");
    ask(DnsMessages.a("orders"));
    assertThat(control.asked()).hasSize(2);
  }

  @Test
  void aDeniedNameResolvesSoThatRequestsAreToldWhy() {
    ask(DnsMessages.a("orders"));
    control.denies(ORDERS, "not for you");

    assertThat(reply().addresses()).containsExactly("240.240.255.253");
  }

  @Test
  void outsideNamesResolveWhileControlIsAway() {
    control.down();
    mesh.passes(Duration.ofSeconds(2));

    ask(DnsMessages.a("example.com"));

    assertThat(upstream.asked).containsExactly(FIRST);
  }

  @Test
  void queriesInFlightAreBounded() {
    resolver = resolver(List.of(FIRST), 2);
    ask(DnsMessages.a("a.example.com"));
    ask(DnsMessages.a("b.example.com"));
    ask(DnsMessages.a("c.example.com"));
    assertThat(reply().code()).startsWith("ServFail");

    upstream.answers(upstream.messages.getFirst());
    replies.clear();
    ask(DnsMessages.a("d.example.com"));
    assertThat(replies).isEmpty();
  }

  @Test
  void whatIsNoQueryIsRefusedAndAResponseIsNotAnsweredAtAll() {
    var two = DnsMessages.a("orders");
    two[5] = 2;
    ask(two);
    assertThat(reply().code()).startsWith("FormErr");

    var response = DnsMessages.a("orders");
    response[2] |= (byte) 0x80;
    ask(response);
    ask(new byte[3]);
    assertThat(replies).isEmpty();
  }

  /** Upstream resolvers that answer when the test says so. */
  private final class FakeUpstream implements Upstream {
    final List<InetSocketAddress> asked = new ArrayList<>();
    final List<byte[]> messages = new ArrayList<>();
    private final List<Consumer<byte[]>> answers = new ArrayList<>();
    private final List<Runnable> failures = new ArrayList<>();
    int ended;

    /** Echoes the question as an answer: to whoever asked it, and to nobody who ended. */
    void answers(byte[] message) {
      var answer = message.clone();
      answer[2] |= (byte) 0x80;
      List.copyOf(answers).forEach(to -> to.accept(answer));
      control.clock.run();
    }

    void fails() {
      failures.getLast().run();
      control.clock.run();
    }

    @Override
    public Scheduler loop() {
      return control.clock;
    }

    @Override
    public Runnable send(
        InetSocketAddress server,
        boolean overTcp,
        byte[] message,
        Consumer<byte[]> answer,
        Runnable failed) {
      asked.add(server);
      messages.add(message);
      answers.add(answer);
      failures.add(failed);
      return () -> {
        ended++;
        answers.remove(answer);
      };
    }
  }
}
