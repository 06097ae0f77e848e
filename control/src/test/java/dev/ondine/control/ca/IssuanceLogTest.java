package dev.ondine.control.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ondine.control.store.Value;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The issuance log, and that one process at a time adds to it. */
class IssuanceLogTest {
  @TempDir private Path temporary;
  private Domain domain;
  private IdentityAuthority authority;

  @BeforeEach
  void begin() {
    domain = new Domain(temporary);
    authority = domain.open();
  }

  @AfterEach
  void end() {
    authority.close();
    domain.close();
  }

  @Test
  void eachCertificateIsInTheLogAndTheChainHolds() throws Exception {
    var signed = sign(authority);
    sign(authority);
    var entries = new ArrayList<IssuanceLog.Logged>();
    var verified = authority.log().verify(entries::add);
    assertThat(verified.entries()).isEqualTo(3);
    assertThat(entries)
        .extracting(entry -> entry.issuance().attestor())
        .containsExactly("control", "unix", "unix");
    assertThat(entries.get(1).issuance().certificate())
        .isEqualTo(Certificates.hexOf(signed.chain().getFirst()));
    assertThat(entries.get(1).issuance().serial())
        .isEqualTo(Certificates.serial(signed.chain().getFirst()));
    assertThat(entries.get(1).issuance().root())
        .isEqualTo(Certificates.hexOf(authority.issuingRoot()));
  }

  @Test
  void aChangedEntryIsNamed() throws Exception {
    sign(authority);
    sign(authority);
    var key = "ca/log/000000000002";
    var entry = domain.store.get(key).orElseThrow();
    domain.store.put(key, Value.of(entry.value().text().replace("orders", "0rders")));
    broken("entry 2 was changed: entry 3 holds another hash of it");
    domain.store.put(key, Value.of("{"));
    broken("entry 2 cannot be read");
    domain.store.put(key, entry.value());
    assertThat(authority.log().verify(_ -> {}).entries()).isEqualTo(3);
  }

  @Test
  void aMissingEntryIsNamedAndSoIsAChangedEnd() throws Exception {
    sign(authority);
    sign(authority);
    var last = domain.store.get("ca/log/000000000003").orElseThrow();
    domain.store.put(last.key(), Value.of(last.value().text().replace("orders", "0rders")));
    broken("entry 3 is not the one that the log ends with");
    domain.store.delete(last.key());
    broken("entry 3 is missing");
    domain.store.put(last.key(), last.value());
    domain.store.delete("ca/log/000000000002");
    broken("entry 2 is missing");
  }

  @Test
  void theChainHoldsBeyondAPage() throws Exception {
    var request = Requests.plain(Requests.ec("secp256r1"));
    for (var i = 0; i < 1_002; i++) {
      authority.sign(request, Domain.local(1000, "shop", "orders"));
    }
    var counted = new ArrayList<Long>();
    assertThat(authority.log().verify(entry -> counted.add(entry.sequence())).entries())
        .isEqualTo(1_003);
    assertThat(counted).hasSize(1_003).isSorted();
  }

  @Test
  void aProcessThatWasReplacedCannotIssueAnyMore() throws Exception {
    sign(authority);
    // As after a long pause: the other process has the same folder and takes over at once.
    var successor = domain.open();
    sign(successor);
    var before = successor.log().verify(_ -> {}).entries();
    assertThatThrownBy(() -> sign(authority))
        .isInstanceOfSatisfying(
            RefusedException.class, e -> assertThat(e.refusal()).isEqualTo(Refusal.NOT_THE_ISSUER))
        .hasMessageContaining("fence 1 is stale");
    assertThat(successor.log().verify(_ -> {}).entries()).isEqualTo(before);
    // And does not take it back.
    authority.keep();
    assertThatThrownBy(() -> sign(authority)).hasMessageContaining("issues certificates now");
    sign(successor);
    successor.close();
    authority.keep();
    sign(authority);
  }

  @Test
  void aProcessElsewhereWaitsUntilTheLeaseEnds() throws Exception {
    var copy = temporary.resolve("elsewhere");
    var folder = CaFolder.open(copy);
    var own = CaFolder.open(domain.folder);
    folder.write(CaFolder.ROOT, own.read(CaFolder.ROOT).orElseThrow());
    var other = domain.open(copy, Optional.empty(), CaSettings.DEFAULTS);
    assertThatThrownBy(() -> sign(other)).hasMessageContaining(domain.folder.toString());
    assertThat(other.alarms()).anyMatch(alarm -> alarm.contains("no certificate of its own"));

    // The first one keeps it as long as it lives.
    domain.clock.advance(Duration.ofMinutes(5));
    sign(authority);
    assertThatThrownBy(() -> sign(other)).isInstanceOf(RefusedException.class);
    authority.close();
    other.keep();
    sign(other);
    assertThat(other.alarms()).isEmpty();
    other.close();
  }

  private static IdentityAuthority.Signed sign(IdentityAuthority authority)
      throws RefusedException {
    return authority.sign(
        Requests.plain(Requests.ec("secp256r1")), Domain.local(1000, "shop", "orders"));
  }

  private void broken(String what) {
    assertThatThrownBy(() -> authority.log().verify(_ -> {}))
        .isInstanceOf(CaException.class)
        .hasMessageContaining("the issuance log is broken")
        .hasMessageContaining(what);
  }
}
