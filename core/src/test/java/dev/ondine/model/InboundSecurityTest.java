package dev.ondine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ondine.model.InboundSecurity.Mtls;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InboundSecurityTest {
  private final InboundSecurity security =
      new InboundSecurity(
          Mtls.STRICT, Map.of(9000, Mtls.PERMISSIVE), Map.of(8080, Set.of("/healthz")));

  @Test
  void aPortMayDiffer() {
    assertThat(security.at(8080)).isEqualTo(Mtls.STRICT);
    assertThat(security.at(9000)).isEqualTo(Mtls.PERMISSIVE);
  }

  @Test
  void onlyTheVeryPathIsExempt() {
    assertThat(security.isProbe(8080, "GET", "/healthz")).isTrue();
    assertThat(security.isProbe(8080, "HEAD", "/healthz?full")).isTrue();
    assertThat(security.isProbe(8080, "POST", "/healthz")).isFalse();
    assertThat(security.isProbe(8080, "GET", "/healthz/")).isFalse();
    assertThat(security.isProbe(8080, "GET", "/healthz;a")).isFalse();
    assertThat(security.isProbe(8080, "GET", "/HEALTHZ")).isFalse();
    assertThat(security.isProbe(9000, "GET", "/healthz")).isFalse();
  }

  @Test
  void whatIsNoPathIsRefused() {
    assertThatThrownBy(
            () -> new InboundSecurity(Mtls.STRICT, Map.of(), Map.of(80, Set.of("healthz?x"))))
        .isInstanceOf(InvalidResourceException.class)
        .hasMessageContaining("inboundSecurity.probes.80")
        .hasMessageContaining("healthz?x");
  }
}
