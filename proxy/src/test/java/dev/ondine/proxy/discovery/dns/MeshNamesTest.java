package dev.ondine.proxy.discovery.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.model.DemandKey;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeshNamesTest {
  private final MeshNames names =
      new MeshNames("default", List.of("corp.example", "shop.svc.cluster.local"));

  @ParameterizedTest
  @CsvSource({
    "orders, true, orders.default.mesh",
    "orders.shop.mesh, true, orders.shop.mesh",
    "orders-0.orders.shop.mesh, true, orders-0.orders.shop.mesh",
    "example.com, false, example.com.mesh",
    "www.example.com, false,",
    "localhost, false,",
    "_ldap._tcp, false,",
    "'', false,",
    // what resolvers make of a name by their search list
    "orders.corp.example, false, orders.default.mesh",
    "orders.shop.corp.example, false, orders.shop.mesh",
    "orders.shop.mesh.corp.example, true, orders.shop.mesh",
    "orders.shop.svc.cluster.local, false, orders.default.mesh",
    "www.example.com.corp.example, false,",
    "corp.example, false, corp.example.mesh",
    "xcorp.example, false, xcorp.example.mesh",
    // virtual IPs have no names
    "5.0.240.240.in-addr.arpa, true,",
    "1.0.0.10.in-addr.arpa, false,",
  })
  void meaning(String name, boolean surely, String keys) {
    var meaning = names.of(name);

    assertThat(String.join(" ", meaning.keys().stream().map(DemandKey::wire).toList()))
        .isEqualTo(keys == null ? "" : keys);
    assertThat(meaning.surely()).isEqualTo(surely);
  }
}
