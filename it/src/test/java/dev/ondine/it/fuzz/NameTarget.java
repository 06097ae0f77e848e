package dev.ondine.it.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.model.DemandKey;
import dev.ondine.proxy.http.Deadlines;

/** Names that callers use, and deadlines: what is canonical stays as it is. */
final class NameTarget implements FuzzTarget {
  @Override
  public String name() {
    return "name";
  }

  @Override
  public void parse(byte[] input) {
    var text = new String(input, ISO_8859_1);
    var key = DemandKey.parse(text, "shop");
    key.ifPresent(
        first -> {
          assertThat(first.wire()).matches("[a-z0-9.-]+(:[0-9]+)?");
          assertThat(DemandKey.parse(first.wire(), "other")).as(first.wire()).isEqualTo(key);
        });
    assertThat(Deadlines.grpcTimeout(text).isNegative()).isFalse();
  }
}
