package dev.ondine.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class StandingTest {
  private final List<String> words = new ArrayList<>();
  private final Standing standing =
      new Standing(Optional.of("not looked at yet"), view -> words.add(view.word()));

  @Test
  void isReadyOnceItListensAndHasMetControl() {
    standing.listening();
    assertThat(standing.view().notReady()).hasValue("control: not connected yet");

    standing.controlDown("refused");
    assertThat(standing.view().notReady()).hasValue("control: refused");

    standing.controlUp();
    assertThat(standing.view().notReady()).isEmpty();
    assertThat(words).containsExactly("starting", "starting", "ready");
  }

  @Test
  void deadControlPlaneChangesNothing() {
    standing.listening();
    standing.controlUp();
    standing.registered();

    standing.controlDown("gone");

    assertThat(standing.view().notReady()).isEmpty();
    assertThat(standing.view().word()).isEqualTo("registered");
    assertThat(standing.view().control()).hasValue("gone");
  }

  @Test
  void workloadThatStopsAnsweringIsNotRegistered() {
    standing.listening();
    standing.controlUp();
    standing.registered();

    standing.notRegistered("port 80 does not answer");

    assertThat(standing.view().word()).isEqualTo("ready");
    assertThat(standing.view().workload()).hasValue("port 80 does not answer");
  }

  @Test
  void drainIsNotReadyAndSaysHowFarItIs() {
    standing.listening();
    standing.controlUp();
    standing.registered();

    standing.drain(Standing.Drain.UNDER_WAY);
    assertThat(standing.view().notReady()).hasValue("draining");
    assertThat(standing.view().word()).isEqualTo("draining");
    standing.drain(Standing.Drain.DONE);
    assertThat(standing.view().word()).isEqualTo("drained");
  }

  @Test
  void nobodyIsToldWhatIsNotNew() {
    standing.listening();
    standing.listening();

    assertThat(words).hasSize(1);
  }
}
