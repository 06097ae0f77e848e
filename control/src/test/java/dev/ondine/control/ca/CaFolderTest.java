package dev.ondine.control.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ondine.model.Identity;
import dev.ondine.model.TrustBundle;
import dev.ondine.testkit.ManualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The authority's keys: how they are made, kept, taken over, and what they sign. */
class CaFolderTest {
  private static final String DOMAIN = "mesh.local";
  private static final Identity ORDERS = new Identity(DOMAIN, "shop", "orders");

  @TempDir private Path temporary;
  private final ManualClock clock = new ManualClock();
  private final CaSetup setup = new CaSetup(CaSettings.DEFAULTS, clock.clock(), new SecureRandom());

  @Test
  void aLeafIsExactlyWhatAnSvidIs() throws Exception {
    var folder = folder("ca");
    var root = setup.rootOrNew(folder, CaFolder.ROOT, DOMAIN);
    var issuer = setup.renew(folder, root, DOMAIN);
    var now = ManualClock.START;
    assertThat(root.certificate().getNotAfter().toInstant())
        .isEqualTo(now.plus(Duration.ofDays(3650)));
    assertThat(issuer.certificate().getBasicConstraints()).isZero();
    assertThat(issuer.certificate().getNotAfter().toInstant())
        .isEqualTo(now.plus(Duration.ofDays(60)));

    var keys = Requests.ec("secp256r1");
    var signer = new LocalSigner(setup.minter(), clock.clock(), issuer);
    var chain = signer.sign(SigningRequest.read(Requests.plain(keys)), ORDERS);
    var leaf = chain.getFirst();
    assertThat(chain).containsExactly(leaf, issuer.certificate());
    assertThat(leaf.getPublicKey()).isEqualTo(keys.getPublic());
    assertThat(leaf.getNotBefore().toInstant()).isEqualTo(now.minus(Duration.ofMinutes(10)));
    assertThat(leaf.getNotAfter().toInstant()).isEqualTo(now.plus(Duration.ofHours(24)));
    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    assertThat(leaf.getCriticalExtensionOIDs())
        .containsExactlyInAnyOrder("2.5.29.15", "2.5.29.19", "2.5.29.17");
    assertThat(leaf.getKeyUsage())
        .containsExactly(true, false, false, false, false, false, false, false, false);
    assertThat(leaf.getExtendedKeyUsage())
        .containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    assertThat(leaf.getSubjectAlternativeNames()).containsExactly(List.of(6, ORDERS.spiffeId()));
    assertThat(leaf.getSubjectX500Principal().getName()).isEmpty();
  }

  @Test
  void theServersAndClientsOfTheJdkBelieveIt() throws Exception {
    var root = setup.minter().root(DOMAIN, ManualClock.START);
    var chain = chain(root, ORDERS);
    var verifier = verifier(root.certificate());
    assertThat(verifier.verify(chain, SvidVerifier.Use.SERVER)).isEqualTo(ORDERS);
    assertThat(verifier.verify(chain, SvidVerifier.Use.CLIENT)).isEqualTo(ORDERS);

    clock.advance(Duration.ofHours(24).plusSeconds(1));
    assertThatThrownBy(() -> verifier.verify(chain, SvidVerifier.Use.CLIENT))
        .hasMessageContaining("not issued by the bundle of mesh.local");
  }

  @Test
  void anIntermediateCannotSignForAnotherDomain() throws Exception {
    var root = setup.minter().root(DOMAIN, ManualClock.START);
    var other = chain(root, new Identity("other.local", "shop", "orders"));
    var believesInBoth =
        new SvidVerifier(
            domain -> Optional.of(new TrustBundle(domain, List.of(root.certificate()), 1)),
            clock.clock());
    assertThatThrownBy(() -> believesInBoth.verify(other, SvidVerifier.Use.CLIENT))
        .hasMessageContaining("other.local");
    assertThatThrownBy(() -> verifier(root.certificate()).verify(other, SvidVerifier.Use.CLIENT))
        .hasMessageContaining("other.local is not trusted");
    assertThatThrownBy(
            () ->
                verifier(root.certificate())
                    .verify(
                        chain(setup.minter().root(DOMAIN, ManualClock.START), ORDERS),
                        SvidVerifier.Use.CLIENT))
        .hasMessageContaining("not issued by the bundle");
  }

  @Test
  void aLeafNeverOutlivesItsIssuerAndSerialsAreRandom() throws Exception {
    var root = setup.minter().root(DOMAIN, ManualClock.START);
    var issuer = setup.minter().intermediate(DOMAIN, root, ManualClock.START);
    var signer = new LocalSigner(setup.minter(), clock.clock(), issuer);
    var request = SigningRequest.read(Requests.plain(Requests.ec("secp256r1")));
    clock.advance(Duration.ofDays(59).plusHours(12));
    var one = signer.sign(request, ORDERS).getFirst();
    var two = signer.sign(request, ORDERS).getFirst();
    assertThat(one.getNotAfter()).isEqualTo(issuer.certificate().getNotAfter());
    assertThat(one.getSerialNumber().bitLength()).isGreaterThanOrEqualTo(128);
    assertThat(one.getSerialNumber()).isNotEqualTo(two.getSerialNumber());

    clock.advance(Duration.ofHours(12));
    assertThatThrownBy(() -> signer.sign(request, ORDERS))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("intermediate")
        .hasMessageContaining("by control's clock");
  }

  @Test
  void renewalIsDueWhenAThirdIsLeft() {
    var root = setup.minter().root(DOMAIN, ManualClock.START);
    var issuer = setup.minter().intermediate(DOMAIN, root, ManualClock.START);
    clock.advance(Duration.ofDays(39));
    assertThat(setup.isDue(issuer.certificate())).isFalse();
    clock.advance(Duration.ofDays(2));
    assertThat(setup.isDue(issuer.certificate())).isTrue();
  }

  @Test
  void whatOthersCouldReadIsRefused() throws Exception {
    var folder = folder("ca");
    setup.rootOrNew(folder, CaFolder.ROOT, DOMAIN);
    var file = folder.path().resolve(CaFolder.ROOT);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.path())))
        .isEqualTo("rwx------");

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> setup.root(folder, CaFolder.ROOT))
        .hasMessageContaining(file + " has the permissions rw-r-----")
        .hasMessageContaining("chmod 0600");
    Files.setPosixFilePermissions(folder.path(), PosixFilePermissions.fromString("rwx--x---"));
    assertThatThrownBy(() -> CaFolder.open(folder.path())).hasMessageContaining("allowed: 0700");
    var link = Files.createSymbolicLink(temporary.resolve("link"), folder.path());
    assertThatThrownBy(() -> CaFolder.open(link)).hasMessageContaining("is no folder");
  }

  @Test
  void anOfflineRootSignsAndControlNeverHasItsKey() {
    var folder = folder("ca");
    var offline = temporary.resolve("offline");
    var made = setup.init(DOMAIN, offline, folder);
    assertThat(made.rootKey()).isFalse();
    var root = setup.root(folder, CaFolder.ROOT).orElseThrow();
    var first = setup.issuer(folder, root).orElseThrow();
    assertThatThrownBy(() -> setup.init(DOMAIN, offline, folder("other")))
        .hasMessageContaining("holds an authority already");

    clock.advance(Duration.ofDays(50));
    var file = write("next.pem", setup.signIntermediate(offline));
    setup.importFile(file, folder);
    var second = setup.issuer(folder, root).orElseThrow();
    assertThat(second.certificate()).isNotEqualTo(first.certificate());
    assertThat(second.root()).isEqualTo(first.root());
    assertThat(setup.summary(folder).rootKey()).isFalse();
  }

  @Test
  void whatCannotIssueIsNotImported() {
    var folder = folder("ca");
    var root = setup.minter().root(DOMAIN, ManualClock.START);
    var issuer = setup.minter().intermediate(DOMAIN, root, ManualClock.START);
    var other = setup.minter().intermediate(DOMAIN, root, ManualClock.START);
    var leafKeys = Requests.ec("secp256r1");
    var leaf = setup.minter().leaf(ORDERS, leafKeys.getPublic(), issuer, ManualClock.START);

    refused(folder, pem(other.key(), issuer.certificate(), root.certificate()), "private key");
    refused(
        folder,
        pem(leafKeys.getPrivate(), leaf, issuer.certificate(), root.certificate()),
        "is no authority's");
    refused(folder, pem(issuer.key(), issuer.certificate()), "which is not in it");
    refused(folder, pem(root.key().orElseThrow(), root.certificate()), "is a root with its key");
    refused(folder, "rubbish", "holds no private key");
    refused(
        folder,
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "problem parsing");

    setup.importFile(
        write("good.pem", pem(issuer.key(), root.certificate(), issuer.certificate())), folder);
    var stranger = setup.minter().root(DOMAIN, ManualClock.START);
    var strange = setup.minter().intermediate(DOMAIN, stranger, ManualClock.START);
    refused(
        folder, pem(strange.key(), strange.certificate(), stranger.certificate()), "rotate-root");
    clock.advance(Duration.ofDays(61));
    refused(folder, pem(issuer.key(), issuer.certificate(), root.certificate()), "is valid from");
  }

  private void refused(CaFolder folder, String text, String why) {
    var file = write("bad.pem", text);
    assertThatThrownBy(() -> setup.importFile(file, folder))
        .isInstanceOf(CaException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(why);
  }

  private static String pem(PrivateKey key, X509Certificate... certificates) {
    return Pem.write(new Pem.Contents(Optional.of(key), List.of(certificates)));
  }

  private Path write(String name, String text) {
    try {
      return Files.writeString(temporary.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<X509Certificate> chain(Root root, Identity identity) {
    var issuer = setup.minter().intermediate(DOMAIN, root, ManualClock.START);
    var key = Requests.ec("secp256r1").getPublic();
    return List.of(
        setup.minter().leaf(identity, key, issuer, ManualClock.START), issuer.certificate());
  }

  private SvidVerifier verifier(X509Certificate root) {
    return new SvidVerifier(
        domain ->
            domain.equals(DOMAIN)
                ? Optional.of(new TrustBundle(DOMAIN, List.of(root), 1))
                : Optional.empty(),
        clock.clock());
  }

  private CaFolder folder(String name) {
    return CaFolder.open(temporary.resolve(name));
  }
}
