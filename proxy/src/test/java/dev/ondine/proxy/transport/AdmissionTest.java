package dev.ondine.proxy.transport;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AdmissionTest {
  private final Admission all = Admission.of(20);
  private final Admission inbound = all.part(18);
  private final Admission outbound = all.part(18);

  private static void enter(Admission admission, int connections) {
    for (var i = 0; i < connections; i++) {
      admission.entered();
    }
  }

  @Test
  void oneDirectionLeavesSomethingToTheOther() {
    enter(inbound, 18);

    assertThat(inbound.admits()).isFalse();
    assertThat(outbound.admits()).isTrue();
    assertThat(outbound.isFull()).isFalse();
  }

  @Test
  void bothTogetherHaveNoMoreThanThereIs() {
    enter(inbound, 12);
    enter(outbound, 8);

    assertThat(inbound.admits()).isFalse();
    assertThat(outbound.admits()).isFalse();
    assertThat(outbound.isFull()).isTrue();
  }

  @Test
  void staysFullUntilThereIsRoomForAFew() {
    enter(inbound, 18);
    assertThat(inbound.isFull()).isTrue();
    inbound.left();
    assertThat(inbound.admits()).isTrue();
    assertThat(inbound.isFull()).isTrue();

    inbound.left();
    assertThat(inbound.isFull()).isFalse();
  }
}
