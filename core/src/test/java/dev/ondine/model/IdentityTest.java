package dev.ondine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityTest {
  @Test
  void isReadAsItIsWritten() {
    var identity = new Identity("mesh.example", "shop", "orders");
    assertThat(identity.spiffeId()).isEqualTo("spiffe://mesh.example/ns/shop/sa/orders");
    assertThat(Identity.parse(identity.spiffeId())).isEqualTo(identity);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "spiffe://",
        "SPIFFE://mesh/ns/shop/sa/orders",
        "https://mesh/ns/shop/sa/orders",
        "spiffe://Mesh/ns/shop/sa/orders",
        "spiffe://me%73h/ns/shop/sa/orders",
        "spiffe://mesh:80/ns/shop/sa/orders",
        "spiffe://user@mesh/ns/shop/sa/orders",
        "spiffe:///ns/shop/sa/orders",
        "spiffe://mesh/ns/shop/sa/orders/",
        "spiffe://mesh//ns/shop/sa/orders",
        "spiffe://mesh/ns/shop/sa/",
        "spiffe://mesh/ns/../sa/orders",
        "spiffe://mesh/ns/shop/sa/orders?x",
        "spiffe://mesh/ns/shop/sa/orders#x",
        "spiffe://mesh/ns/shop/sa/ord\u0000ers",
        "spiffe://mesh/sa/orders/ns/shop",
        "spiffe://mesh/ns/shop",
      })
  void otherSpellingsAreOtherNames(String text) {
    assertThatThrownBy(() -> Identity.parse(text)).isInstanceOf(InvalidResourceException.class);
  }
}
