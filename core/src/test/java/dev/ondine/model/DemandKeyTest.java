package dev.ondine.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DemandKeyTest {
  @ParameterizedTest
  @CsvSource({
    "orders, orders.shop.mesh",
    "ORDERS, orders.shop.mesh",
    "orders., orders.shop.mesh",
    "orders:80, orders.shop.mesh",
    "orders:8080, orders.shop.mesh:8080",
    "orders.mesh, orders.shop.mesh",
    "orders.eu, orders.eu.mesh",
    "orders.eu.mesh, orders.eu.mesh",
    "orders.eu.mesh:81, orders.eu.mesh:81",
    "orders-0.orders, orders-0.orders.mesh",
    "orders-0.orders.eu.mesh, orders-0.orders.eu.mesh",
  })
  void everySpellingHasOneCanonicalForm(String authority, String wire) {
    assertThat(DemandKey.parse(authority, "shop").orElseThrow().wire()).isEqualTo(wire);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "a..b",
        "-a",
        "a_b",
        "www.example.com",
        "10.0.0.1",
        "10.0.0.1:80",
        "[::1]:80",
        "orders:",
        "orders:0",
        "orders:65536",
        "orders:+80",
        "orders:080000",
        "user@orders",
        "orders/x",
        "a.b.c.d.mesh",
        "localhost:8080",
        "LocalHost"
      })
  void whatCannotBeAMeshNameIsNone(String authority) {
    assertThat(DemandKey.parse(authority, "shop")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "orders, true",
    "orders.mesh, true",
    "orders.eu.MESH., true",
    "example.com, false",
    "orders.eu, false",
    "Localhost, false"
  })
  void surelyMesh(String host, boolean surely) {
    assertThat(DemandKey.isSurelyMesh(host)).isEqualTo(surely);
  }

  @Test
  void aVirtualIpComesFromItsRangeOnly() throws Exception {
    assertThat(DemandKey.VirtualIp.of(new InetSocketAddress("240.240.1.2", 6379)))
        .contains(new DemandKey.VirtualIp("240.240.1.2", 6379));
    assertThat(DemandKey.VirtualIp.of(new InetSocketAddress("240.241.1.2", 6379))).isEmpty();
    assertThat(DemandKey.VirtualIp.of(new InetSocketAddress("fd00::f0f0", 6379))).isEmpty();
    assertThat(DemandKey.VirtualIp.of(InetSocketAddress.createUnresolved("orders", 80))).isEmpty();
  }

  @Test
  void aServerNameCarriesThePortOfItsConnection() {
    assertThat(DemandKey.Sni.of("Orders.shop", 8443, "default").map(DemandKey::wire))
        .contains("sni/orders.shop.mesh:8443");
    assertThat(DemandKey.Sni.of("orders", 80, "shop").map(DemandKey::wire))
        .contains("sni/orders.shop.mesh:80");
    assertThat(DemandKey.Sni.of("www.example.com", 443, "default")).isEmpty();
    assertThat(DemandKey.Sni.of("orders:443", 443, "default")).isEmpty();
    assertThat(DemandKey.Sni.of("10.0.0.1", 443, "default")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sni/orders.shop.mesh:8443", "sni/a.b.c.mesh:443", "sni/a.b.mesh:80"})
  void aServerNameOnTheWireIsReadBack(String wire) {
    assertThat(DemandKey.Sni.ofWire(wire, "default").map(DemandKey::wire)).contains(wire);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sni/", ":1", "sni/a", "sni/a:", "sni/a:0", "sni/a:65536", "a:80"})
  void whatIsNoServerNameOnTheWireIsNone(String wire) {
    assertThat(DemandKey.Sni.ofWire(wire, "default")).isEmpty();
  }
}
