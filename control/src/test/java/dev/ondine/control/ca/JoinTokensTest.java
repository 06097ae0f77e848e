package dev.ondine.control.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.ondine.model.Identity;
import dev.ondine.model.JoinToken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** T29: a join token lets one identity in, once, in time; all else is refused and audited. */
class JoinTokensTest {
  private static final Logger AUDIT = (Logger) LoggerFactory.getLogger("ondine.audit");

  @TempDir private Path temporary;
  private final ListAppender<ILoggingEvent> audit = new ListAppender<>();
  private Domain domain;
  private IdentityAuthority authority;

  @BeforeEach
  void begin() {
    domain = new Domain(temporary);
    authority = domain.open();
    audit.start();
    AUDIT.setLevel(Level.INFO);
    AUDIT.addAppender(audit);
  }

  @AfterEach
  void end() {
    AUDIT.detachAppender(audit);
    authority.close();
    domain.close();
  }

  @Test
  void aTokenGetsItsIdentityACertificate() throws Exception {
    var made = token();
    var keys = Requests.ec("secp256r1");
    var signed =
        authority.sign(Requests.plain(keys), Domain.token("shop", "orders", made.token().text()));
    assertThat(authority.verifier().verify(signed.chain(), SvidVerifier.Use.CLIENT))
        .isEqualTo(new Identity(Domain.NAME, "shop", "orders"));
    assertThat(signed.chain().getFirst().getPublicKey()).isEqualTo(keys.getPublic());
    assertThat(signed.bundle()).isEqualTo(authority.bundle());
    assertThat(made.token().roots()).containsExactly(Certificates.hexOf(authority.issuingRoot()));
    assertThat(audit())
        .contains("\"event\":\"token_made\"")
        .contains("\"event\":\"certificate_issued\"")
        .contains("\"attestor\":\"token\"");
    assertThat(domain.metrics.scrape()).contains("ondine_ca_issued_total{attestor=\"token\"} 1.0");
  }

  @Test
  void t29ATokenUsedTwiceIsRefusedAndAudited() throws Exception {
    var ask = Domain.token("shop", "orders", token().token().text());
    authority.sign(request(), ask);
    refused(ask, Refusal.SPENT_TOKEN, "was used already");
    assertThat(audit())
        .contains("\"event\":\"certificate_refused\"")
        .contains("\"reason\":\"spent_token\"")
        .contains("\"peer\":\"10.0.0.1:1\"");
    assertThat(domain.metrics.scrape())
        .contains("ondine_ca_refused_total{reason=\"spent_token\"} 1.0");
  }

  @Test
  void t29ATokenUsedByManyAtOnceGetsOneCertificate() throws Exception {
    var ask = Domain.token("shop", "orders", token().token().text());
    var before = entries();
    Callable<Boolean> use =
        () -> {
          try {
            authority.sign(request(), ask);
            return true;
          } catch (RefusedException e) {
            assertThat(e.refusal()).isEqualTo(Refusal.SPENT_TOKEN);
            return false;
          }
        };
    var won = 0;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var done : threads.invokeAll(IntStream.range(0, 16).mapToObj(_ -> use).toList())) {
        won += done.get() ? 1 : 0;
      }
    }
    assertThat(won).isEqualTo(1);
    assertThat(entries()).isEqualTo(before + 1);
  }

  @Test
  void t29ATokenAfterItsTimeIsRefusedAndAudited() {
    var ask = Domain.token("shop", "orders", token().token().text());
    domain.clock.advance(Duration.ofMinutes(10));
    refused(ask, Refusal.EXPIRED_TOKEN, "expired at 2026-01-01T00:10:00Z");
    assertThat(audit()).contains("\"reason\":\"expired_token\"");
  }

  @Test
  void t29ATokenOfAnotherIdentityIsRefused() {
    var text = token().token().text();
    refused(Domain.token("shop", "admin", text), Refusal.OTHER_IDENTITY, "does not prove");
    refused(Domain.token("bank", "orders", text), Refusal.OTHER_IDENTITY, "does not prove");
  }

  @Test
  void t29ATokenOfKubernetesIsNotReviewedHere() {
    var ask =
        new Ask(
            "shop",
            "orders",
            new Ask.Proof.ServiceAccountToken("eyJ…"),
            new Ask.Caller(Optional.empty(), Optional.empty(), "10.0.0.1:1"));
    refused(ask, Refusal.UNSUPPORTED, "are not reviewed");
  }

  @Test
  void whatNobodyMadeIsRefusedAndNeverRepeated() {
    var made = token().token();
    var secret = new byte[16];
    var forged =
        new JoinToken(JoinToken.Secret.of(secret), made.roots(), made.trustDomain()).text();
    refused(Domain.token("shop", "orders", forged), Refusal.UNKNOWN_TOKEN, "there is no");
    refused(Domain.token("shop", "orders", "ondine1.x"), Refusal.UNKNOWN_TOKEN, "form");
    assertThat(audit()).doesNotContain(forged);
  }

  @Test
  void aFailureDoesNotSpendAToken() throws Exception {
    var ask = Domain.token("shop", "orders", token().token().text());
    assertThatThrownBy(() -> authority.sign(new byte[] {1}, ask))
        .isInstanceOf(RefusedException.class);
    authority.sign(request(), ask);
  }

  @Test
  void theStoreHoldsNoSecret() {
    var made = token();
    var secret = Certificates.hex(made.token().secret().bytes());
    for (var entry : domain.store.range("").entries()) {
      assertThat(entry.key() + entry.value().text()).doesNotContain(secret);
    }
    assertThat(domain.store.range(StoredJson.TOKEN).entries()).hasSize(1);
    assertThat(made.toString()).doesNotContain(made.token().text());
  }

  @Test
  void tokensAreBoundedAndForgotten() {
    var settings = CaSettings.DEFAULTS;
    var few =
        new CaSettings(
            settings.leaf(),
            settings.root(),
            settings.intermediate(),
            settings.backdate(),
            settings.token(),
            Duration.ofHours(1),
            2,
            settings.lease(),
            settings.command(),
            1);
    authority.close();
    authority = domain.open(domain.folder, Optional.empty(), few);
    token();
    token();
    assertThatThrownBy(this::token).hasMessageContaining("there are 2 join tokens already");
    domain.clock.advance(Duration.ofMinutes(71));
    token();
    assertThat(domain.store.range(StoredJson.TOKEN).entries()).hasSize(1);
    assertThatThrownBy(
            () -> authority.createToken("shop", "orders", Optional.of(Duration.ofDays(2))))
        .hasMessageContaining("token lifetime");
    assertThatThrownBy(() -> authority.createToken("ondine-system", "x", Optional.empty()))
        .hasMessageContaining("control's own");
  }

  private JoinTokens.Made token() {
    return authority.createToken("shop", "orders", Optional.empty());
  }

  private long entries() {
    return authority.log().verify(_ -> {}).entries();
  }

  private String audit() {
    return audit.list.stream().map(ILoggingEvent::getFormattedMessage).toList().toString();
  }

  private static byte[] request() {
    return Requests.plain(Requests.ec("secp256r1"));
  }

  private void refused(Ask ask, Refusal refusal, String text) {
    var failure =
        catchThrowableOfType(RefusedException.class, () -> authority.sign(request(), ask));
    assertThat(failure).isNotNull().hasMessageContaining(text);
    assertThat(failure.refusal()).isEqualTo(refusal);
  }
}
