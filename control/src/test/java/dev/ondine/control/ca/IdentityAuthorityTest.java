package dev.ondine.control.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ondine.model.Identity;
import dev.ondine.model.TrustBundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who gets a certificate, and how the authority lives on: restarts, renewal, rotation. */
class IdentityAuthorityTest {
  @TempDir private Path temporary;
  private Domain domain;

  @BeforeEach
  void begin() {
    domain = new Domain(temporary);
  }

  @AfterEach
  void end() {
    domain.close();
  }

  @Test
  void aUserOfThisHostMayBeWhoTheRuleSays() throws Exception {
    try (var authority = domain.open()) {
      authority.sign(request(), Domain.local(1000, "shop", "orders"));
      refused(authority, Domain.local(1000, "bank", "orders"), Refusal.OTHER_IDENTITY);
      refused(authority, Domain.local(1001, "shop", "orders"), Refusal.OTHER_IDENTITY);
      refused(authority, Domain.local(0, "shop", "orders"), Refusal.OTHER_IDENTITY);
      refused(authority, Domain.local(1000, "shop", "no such/name"), Refusal.MALFORMED);
    }
  }

  @Test
  void aCertificateProvesTheNextOneOfTheSameIdentityOnly() throws Exception {
    try (var authority = domain.open()) {
      var orders = new Identity(Domain.NAME, "shop", "orders");
      authority.sign(request(), connection(Optional.of(orders), "shop", "orders"));
      refused(authority, connection(Optional.of(orders), "shop", "admin"), Refusal.OTHER_IDENTITY);
      refused(authority, connection(Optional.empty(), "shop", "orders"), Refusal.UNATTESTED);
      var foreign = new Identity("other.local", "shop", "orders");
      refused(
          authority, connection(Optional.of(foreign), "shop", "orders"), Refusal.OTHER_IDENTITY);
    }
  }

  @Test
  void nobodyElseIsControl() {
    try (var authority = domain.open()) {
      var system = new Identity(Domain.NAME, "ondine-system", "control");
      refused(
          authority,
          connection(Optional.of(system), "ondine-system", "control"),
          Refusal.OTHER_IDENTITY);
    }
  }

  @Test
  void aRestartKeepsTheAuthority() throws Exception {
    var first = domain.open();
    var bundle = first.bundle();
    var chain = first.sign(request(), Domain.local(1000, "shop", "orders")).chain();
    first.close();
    try (var second = domain.open()) {
      assertThat(second.bundle()).isEqualTo(bundle);
      assertThat(second.intermediate()).isEqualTo(Optional.of(chain.get(1)));
      assertThat(second.log().verify(_ -> {}).entries()).isEqualTo(3);
    }
  }

  @Test
  void aLostFolderIsNotReplacedInSilence() throws Exception {
    domain.open().close();
    var elsewhere = temporary.resolve("elsewhere");
    assertThatThrownBy(() -> domain.open(elsewhere, Optional.empty(), CaSettings.DEFAULTS))
        .isInstanceOf(CaException.class)
        .hasMessageContaining("the store trusts [sha256:")
        .hasMessageContaining("holds no authority");
    new CaSetup(CaSettings.DEFAULTS, domain.clock.clock(), new SecureRandom())
        .rootOrNew(CaFolder.open(elsewhere), CaFolder.ROOT, Domain.NAME);
    assertThatThrownBy(() -> domain.open(elsewhere, Optional.empty(), CaSettings.DEFAULTS))
        .hasMessageContaining("and the store trusts");
  }

  @Test
  void theIntermediateIsRenewedWithTheRootAtHand() throws Exception {
    try (var authority = domain.open()) {
      var before = authority.intermediate().orElseThrow();
      domain.clock.leap(Duration.ofDays(41));
      domain.clock.advance(Duration.ofSeconds(10));
      assertThat(authority.intermediate().orElseThrow()).isNotEqualTo(before);
      assertThat(authority.alarms()).isEmpty();
      var chain = authority.sign(request(), Domain.local(1000, "shop", "orders")).chain();
      assertThat(authority.verifier().verify(chain, SvidVerifier.Use.SERVER)).isNotNull();
      assertThat(
              Duration.between(
                  domain.clock.clock().instant(), chain.getFirst().getNotAfter().toInstant()))
          .isBetween(Duration.ofHours(23), Duration.ofHours(24));
    }
  }

  @Test
  void withoutTheRootsKeyAnAlarmComesInTimeAndAnImportEndsIt() throws Exception {
    var setup = new CaSetup(CaSettings.DEFAULTS, domain.clock.clock(), new SecureRandom());
    var offline = temporary.resolve("offline");
    setup.init(Domain.NAME, offline, CaFolder.open(domain.folder));
    try (var authority = domain.open()) {
      assertThat(authority.alarms()).isEmpty();
      domain.clock.leap(Duration.ofDays(41));
      domain.clock.advance(Duration.ofSeconds(10));
      assertThat(authority.alarms()).hasSize(1).first().asString().contains("sign-intermediate");
      assertThat(domain.metrics.scrape()).contains("ondine_ca_alarms 1.0");

      var file = temporary.resolve("next.pem");
      Files.writeString(file, setup.signIntermediate(offline));
      setup.importFile(file, CaFolder.open(domain.folder));
      domain.clock.advance(Duration.ofSeconds(10));
      assertThat(authority.alarms()).isEmpty();
      assertThat(authority.intermediate().orElseThrow().getNotAfter().toInstant())
          .isAfter(domain.clock.clock().instant().plus(Duration.ofDays(59)));
    }
  }

  @Test
  void controlsOwnCertificateIsRenewedBeforeHalfOfItsLife() {
    try (var authority = domain.open()) {
      var first = authority.own().orElseThrow();
      domain.clock.leap(Duration.ofHours(12).plusSeconds(1));
      domain.clock.advance(Duration.ofSeconds(10));
      var second = authority.own().orElseThrow();
      assertThat(second.leaf()).isNotEqualTo(first.leaf());
      assertThat(second.key()).isNotEqualTo(first.key());
    }
  }

  @Test
  void aRootIsRotatedInThreeStepsThatWaitForEverybody() throws Exception {
    try (var authority = domain.open()) {
      var bundles = new ArrayList<TrustBundle>();
      authority.listen(bundles::add);
      var oldRoot = authority.issuingRoot();
      var old = authority.sign(request(), Domain.local(1000, "shop", "orders")).chain();
      assertThatThrownBy(() -> authority.rotation().advance(false))
          .hasMessageContaining("no rotation is under way");

      domain.notAcknowledged = List.of("orders-0.shop");
      var added = authority.rotation().start();
      assertThat(added.phase()).isEqualTo("added");
      assertThat(added.sequence()).isEqualTo(2);
      assertThat(added.roots()).hasSize(2);
      assertThat(authority.issuingRoot()).isEqualTo(oldRoot);
      assertThatThrownBy(() -> authority.rotation().advance(false))
          .hasMessageContaining("1 sidecars do not have bundle 2: orders-0.shop");
      assertThatThrownBy(() -> authority.rotation().start()).hasMessageContaining("already");

      domain.notAcknowledged = List.of();
      assertThat(authority.rotation().advance(false).phase()).isEqualTo("issuing");
      assertThat(authority.issuingRoot()).isNotEqualTo(oldRoot);
      var fresh = authority.sign(request(), Domain.local(1000, "shop", "orders")).chain();
      for (var chain : List.of(old, fresh, authority.own().orElseThrow().chain())) {
        assertThat(authority.verifier().verify(chain, SvidVerifier.Use.SERVER)).isNotNull();
      }
      assertThatThrownBy(() -> authority.rotation().advance(false))
          .hasMessageContaining("1 certificates of the old root are valid");

      domain.clock.leap(Duration.ofHours(24).plusSeconds(1));
      assertThat(authority.rotation().advance(false).phase()).isEqualTo("stable");
      assertThat(authority.bundle().roots()).containsExactly(authority.issuingRoot());
      assertThatThrownBy(() -> authority.verifier().verify(old, SvidVerifier.Use.SERVER))
          .hasMessageContaining("not issued by the bundle");
      assertThat(bundles).extracting(TrustBundle::sequence).containsExactly(2L, 3L);
    }
    try (var again = domain.open()) {
      assertThat(again.bundle().sequence()).isEqualTo(3);
    }
  }

  @Test
  void aRotationSurvivesARestartInEachPhaseAndCanBeForced() throws Exception {
    domain.notAcknowledged = List.of("orders-0.shop");
    try (var authority = domain.open()) {
      authority.rotation().start();
    }
    try (var authority = domain.open()) {
      assertThat(authority.rotation().status().phase()).isEqualTo("added");
      authority.rotation().advance(true);
    }
    try (var authority = domain.open()) {
      assertThat(authority.rotation().status().phase()).isEqualTo("issuing");
      var chain = authority.sign(request(), Domain.local(1000, "shop", "orders")).chain();
      authority.rotation().advance(true);
      assertThat(authority.verifier().verify(chain, SvidVerifier.Use.SERVER)).isNotNull();
    }
    try (var authority = domain.open()) {
      assertThat(authority.rotation().status().phase()).isEqualTo("stable");
      assertThat(authority.bundle().roots()).containsExactly(authority.issuingRoot());
    }
  }

  @Test
  void aCommandSignsAndWhatItSignsIsVerified() throws Exception {
    var setup = new CaSetup(CaSettings.DEFAULTS, domain.clock.clock(), new SecureRandom());
    var keys = CaFolder.open(temporary.resolve("elsewhere"));
    var root = setup.rootOrNew(keys, CaFolder.ROOT, Domain.NAME);
    var issuer = setup.renew(keys, root, Domain.NAME);
    var pair = Requests.ec("secp256r1");
    var other = Requests.ec("secp256r1");
    var rootFile = temporary.resolve("root.pem");
    Files.writeString(rootFile, Pem.certificates(List.of(root.certificate())));
    var program = temporary.resolve("sign");
    script(program, "exit 1");
    assertThatThrownBy(() -> domain.open(domain.folder, Optional.of(program), quick()))
        .hasMessageContaining("holds no root");
    setup.importFile(rootFile, CaFolder.open(domain.folder));
    try (var authority = domain.open(domain.folder, Optional.of(program), quick())) {
      var ask = Domain.local(1000, "shop", "orders");
      var orders = new Identity(Domain.NAME, "shop", "orders");
      var now = domain.clock.clock().instant();
      var good =
          Pem.certificates(
              List.of(
                  setup.minter().leaf(orders, pair.getPublic(), issuer, now),
                  issuer.certificate()));
      var input = temporary.resolve("input");
      script(
          program, "echo \"$1\" >" + input + "; cat >>" + input + "; cat <<END\n" + good + "END");
      assertThat(authority.sign(Requests.plain(pair), ask).chain()).hasSize(2);
      assertThat(Files.readString(input))
          .startsWith(orders.spiffeId() + "\n-----BEGIN CERTIFICATE REQUEST-----");
      failed(authority, Requests.plain(other), "another key");

      var admin = new Identity(Domain.NAME, "shop", "admin");
      script(
          program,
          "cat <<END\n"
              + Pem.certificates(
                  List.of(
                      setup.minter().leaf(admin, pair.getPublic(), issuer, now),
                      issuer.certificate()))
              + "END");
      failed(authority, Requests.plain(pair), "signed for spiffe://mesh.local/ns/shop/sa/admin");
      script(program, "echo broken >&2; exit 3");
      failed(authority, Requests.plain(pair), "ended with status 3: broken");
      script(program, "exec sleep 30");
      failed(authority, Requests.plain(pair), "did not end within");
      script(program, "echo hello");
      failed(authority, Requests.plain(pair), "printed no certificate");
      var stranger = setup.minter().root(Domain.NAME, now);
      var strange = setup.minter().intermediate(Domain.NAME, stranger, now);
      script(
          program,
          "cat <<END\n"
              + Pem.certificates(
                  List.of(
                      setup.minter().leaf(orders, pair.getPublic(), strange, now),
                      strange.certificate()))
              + "END");
      failed(authority, Requests.plain(pair), "nobody would believe");
      assertThatThrownBy(() -> authority.rotation().start()).hasMessageContaining("command");
    }
  }

  private static CaSettings quick() {
    var all = CaSettings.DEFAULTS;
    return new CaSettings(
        all.leaf(),
        all.root(),
        all.intermediate(),
        all.backdate(),
        all.token(),
        all.tokenKept(),
        all.maxTokens(),
        all.lease(),
        Duration.ofSeconds(2),
        1);
  }

  private static void script(Path file, String body) throws Exception {
    var draft = file.resolveSibling("draft");
    Files.writeString(draft, "#!/bin/sh\n" + body + "\n");
    Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rwx------"));
    Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void failed(IdentityAuthority authority, byte[] request, String why) {
    assertThatThrownBy(() -> authority.sign(request, Domain.local(1000, "shop", "orders")))
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.CANNOT_SIGN))
        .hasMessageContaining(why);
  }

  private static Ask connection(Optional<Identity> known, String namespace, String account) {
    return new Ask(
        namespace,
        account,
        new Ask.Proof.Connection(),
        new Ask.Caller(known, Optional.empty(), "10.0.0.1:1"));
  }

  private static byte[] request() {
    return Requests.plain(Requests.ec("secp256r1"));
  }

  private static void refused(IdentityAuthority authority, Ask ask, Refusal refusal) {
    var failure =
        catchThrowableOfType(RefusedException.class, () -> authority.sign(request(), ask));
    assertThat(failure).isNotNull();
    assertThat(failure.refusal()).isEqualTo(refusal);
  }
}
