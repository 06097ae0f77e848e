package dev.ondine.it.system.differential;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What explains that an origin did not see a try, and what does not. */
class TallyTest {
  private static Tally tally(List<SidecarLog.Request> log, String... seen) {
    return Tally.of("go", log, List.of(seen), List.of());
  }

  private static List<SidecarLog.Request> logged(int tries, int status, String reason) {
    return List.of(new SidecarLog.Request("go-0", "id1 GET /a", tries, status, reason));
  }

  @Test
  void answeredAndSeenOnceIsEven() {
    var tally = tally(logged(1, 200, ""), "id1 GET /a");

    assertThat(tally.surplus()).isEmpty();
    assertThat(tally.lacking()).isEmpty();
    assertThat(tally.due()).isEqualTo(tally.seen()).isEqualTo(1);
  }

  @Test
  void whatNobodyLoggedIsSurplus() {
    assertThat(tally(logged(1, 200, ""), "id1 GET /a", "- GET /smuggled").surplus())
        .containsExactly("- GET /smuggled");
    assertThat(tally(logged(1, 200, ""), "id1 GET /a", "id1 GET /a").surplus())
        .containsExactly("id1 GET /a");
  }

  @Test
  void idsAreUsedOnce() {
    var twice = new SidecarLog.Request("go-0", "id1 GET /a", 1, 200, "");

    assertThat(tally(List.of(twice, twice), "id1 GET /a").surplus()).containsExactly("id1 GET /a");
  }

  @Test
  void anAnswerThatNoOriginGaveIsLacking() {
    assertThat(tally(logged(1, 200, "")).lacking()).containsExactly("id1 GET /a, 200 ");
  }

  @Test
  void aTryThatTheSidecarLostIsLacking() {
    assertThat(tally(logged(1, 502, "upstream_reset")).lacking())
        .containsExactly("id1 GET /a, 502 upstream_reset");
  }

  @Test
  void whatTheClientBrokeOffMayBeUnseen() {
    var tally = tally(logged(1, 499, "client_closed"));

    assertThat(tally.lacking()).isEmpty();
    assertThat(tally.brokenOff()).isEqualTo(1);
    assertThat(tally.due()).isZero();
  }

  @Test
  void whatTheOriginRefusedMayBeUnseen() {
    var tally = tally(logged(1, 400, ""));

    assertThat(tally.lacking()).isEmpty();
    assertThat(tally.refused()).isEqualTo(1);
  }

  @Test
  void triesThatOverstateAreToldApart() {
    var tally = tally(logged(2, 200, ""), "id1 GET /a");

    assertThat(tally.repeated()).isEqualTo(1);
    assertThat(tally.due()).isEqualTo(1);
  }

  @Test
  void requestsWithoutFaultBelongToNoClass() {
    var log = logged(1, 499, "client_closed");

    assertThat(Tally.of("go", log, List.of(), List.of("GET /a")).harmed())
        .containsExactly("GET /a");
    assertThat(Tally.of("go", log, List.of("id1 GET /a"), List.of("GET /a")).harmed()).isEmpty();
  }

  @Test
  void otherOriginsDoNotCount() {
    assertThat(Tally.of("node", logged(1, 200, ""), List.of(), List.of()).sentOn()).isZero();
  }
}
