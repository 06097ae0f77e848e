package dev.ondine.proxy.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a request's authority and connection tell of where it means to go. */
class DestinationTest {
  @ParameterizedTest
  @CsvSource({
    // explicit proxy: the authority is all there is
    "orders,, Mesh orders.shop.mesh",
    "orders:8080,, Mesh orders.shop.mesh:8080",
    "orders.eu.mesh,, Mesh orders.eu.mesh",
    "orders.eu,, Either orders.eu.mesh",
    "example.com,, Either example.com.mesh",
    "www.example.com,, Outside",
    "localhost:8080,, Outside",
    "10.0.0.1:80,, Outside",
    "240.240.0.5,, Mesh 240.240.0.5:80",
    "240.240.0.5:6379,, Mesh 240.240.0.5:6379",
    "240.240.0.5:x,, Outside",
    "[::1]:80,, Outside",
    // redirected to us on the way to an address: DNS has told mesh and outside names apart
    "orders,10.0.0.1:80, Mesh orders.shop.mesh",
    "example.com,93.184.216.34:80, Outside",
    "orders.eu,240.240.0.5:80, Mesh orders.eu.mesh",
    "www.example.com,240.240.0.5:8080, Mesh 240.240.0.5:8080",
    "localhost,240.240.0.5:8080, Mesh 240.240.0.5:8080",
    "10.0.0.1:80,10.0.0.1:80, Outside",
  })
  void where(String authority, String original, String expected) {
    var connectedTo = Optional.ofNullable(original).map(DestinationTest::address);

    var destination = Destination.of(authority, connectedTo, "shop");

    var text =
        switch (destination) {
          case Destination.Mesh(var key) -> "Mesh " + key.wire();
          case Destination.Either(var key) -> "Either " + key.wire();
          case Destination.Outside _ -> "Outside";
        };
    assertThat(text).isEqualTo(expected);
  }

  private static InetSocketAddress address(String text) {
    var colon = text.lastIndexOf(':');
    return new InetSocketAddress(
        text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
  }
}
