package dev.ondine.control.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ondine.model.Identity;
import java.security.KeyPair;
import java.util.Arrays;
import java.util.Random;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** T28: a request that asks for more than a certificate of its own key is refused. */
class SigningRequestTest {
  private static final Identity ORDERS = new Identity("mesh.local", "shop", "orders");
  private static final KeyPair KEYS = Requests.ec("secp256r1");

  @Test
  void keysOfEnoughStrengthAreTaken() throws Exception {
    for (var keys :
        new KeyPair[] {KEYS, Requests.ec("secp384r1"), Requests.rsa(2048), Requests.rsa(3072)}) {
      var request = SigningRequest.read(Requests.plain(keys));
      request.check(ORDERS);
      assertThat(request.key()).isEqualTo(keys.getPublic());
    }
    SigningRequest.read(Requests.uris(KEYS, ORDERS.spiffeId())).check(ORDERS);
    SigningRequest.read(
            Requests.extension(KEYS, Extension.keyUsage, new KeyUsage(KeyUsage.digitalSignature)))
        .check(ORDERS);
    SigningRequest.read(
            Requests.extension(
                KEYS,
                Extension.extendedKeyUsage,
                new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth)))
        .check(ORDERS);
  }

  @Test
  void t28WeakKeysAreRefused() {
    refused(Requests.plain(Requests.rsa(1024)), Refusal.WEAK_KEY, "RSA 1024 bits");
    refused(Requests.plain(Requests.ec("secp521r1")), Refusal.WEAK_KEY, "another curve");
    refused(
        Requests.signedWith(Requests.rsa(2048), "SHA1withRSA"), Refusal.WEAK_KEY, "SHA1WITHRSA");
  }

  @Test
  void t28AKeyThatTheSenderHasNotIsRefused() {
    refused(
        Requests.stolen(KEYS, Requests.ec("secp256r1")),
        Refusal.NO_POSSESSION,
        "not signed by the key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "spiffe://mesh.local/ns/shop/sa/admin",
        "spiffe://other.local/ns/shop/sa/orders",
        "spiffe://MESH.local/ns/shop/sa/orders",
        "spiffe://mesh.local/ns/shop/sa/orders/",
        "spiffe://mesh.local/ns/shop/sa/orders%00",
        "https://mesh.local"
      })
  void t28AnotherNameIsRefused(String uri) {
    refused(Requests.uris(KEYS, uri), Refusal.OTHER_NAME, ORDERS.spiffeId());
    refused(Requests.uris(KEYS, ORDERS.spiffeId(), uri), Refusal.OTHER_NAME, ORDERS.spiffeId());
  }

  @Test
  void t28TwoNamesAndNamesOfOtherKindsAreRefused() {
    refused(
        Requests.uris(KEYS, ORDERS.spiffeId(), ORDERS.spiffeId()),
        Refusal.OTHER_NAME,
        ORDERS.spiffeId());
    refused(
        Requests.extension(
            KEYS,
            Extension.subjectAlternativeName,
            new GeneralNames(new GeneralName(GeneralName.dNSName, "orders.shop"))),
        Refusal.OTHER_NAME,
        "orders.shop");
    refused(
        Requests.subject(KEYS, "CN=spiffe://mesh.local/ns/shop/sa/admin"),
        Refusal.OTHER_NAME,
        "subject");
  }

  @Test
  void t28AnAuthorityIsRefused() {
    refused(
        Requests.extension(KEYS, Extension.basicConstraints, new BasicConstraints(true)),
        Refusal.EXTENSION,
        "CA:true");
    refused(
        Requests.extension(KEYS, Extension.keyUsage, new KeyUsage(KeyUsage.keyCertSign)),
        Refusal.EXTENSION,
        "to be an authority");
    refused(
        Requests.extension(
            KEYS, Extension.keyUsage, new KeyUsage(KeyUsage.digitalSignature | KeyUsage.cRLSign)),
        Refusal.EXTENSION,
        "to be an authority");
    refused(
        Requests.extension(
            KEYS,
            Extension.extendedKeyUsage,
            new ExtendedKeyUsage(KeyPurposeId.anyExtendedKeyUsage)),
        Refusal.EXTENSION,
        "the purpose 2.5.29.37.0");
    refused(
        Requests.extension(KEYS, Extension.subjectInfoAccess, new DERUTF8String("x")),
        Refusal.EXTENSION,
        "the extension");
  }

  @Test
  void hostileBytesAreRefusedAndNothingElse() {
    refused(new byte[0], Refusal.MALFORMED, "cannot be read");
    refused(new byte[SigningRequest.MAX_BYTES + 1], Refusal.MALFORMED, "more than 16384");
    var good = Requests.uris(KEYS, ORDERS.spiffeId());
    refused(Arrays.copyOf(good, good.length + 1), Refusal.MALFORMED, "cannot be read");
    var random = new Random(28);
    for (var round = 0; round < 1_000; round++) {
      var bad = good.clone();
      bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
      // Each bit is either covered by the signature or is the signature, or how it is written.
      assertThatThrownBy(() -> SigningRequest.read(bad).check(ORDERS))
          .isInstanceOf(RefusedException.class);
    }
  }

  private static void refused(byte[] der, Refusal refusal, String text) {
    var failure =
        catchThrowableOfType(RefusedException.class, () -> SigningRequest.read(der).check(ORDERS));
    assertThat(failure).isNotNull().hasMessageContaining(text);
    assertThat(failure.refusal()).isEqualTo(refusal);
  }
}
