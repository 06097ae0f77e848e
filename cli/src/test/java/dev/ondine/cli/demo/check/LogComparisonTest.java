package dev.ondine.cli.demo.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LogComparisonTest {
  private static final ClientLine SERVED = new ClientLine("a-1", "web", 200, 200);

  @Test
  void readsWhatTheClientWrites() {
    assertThat(ClientLine.parse("id=drain-17 to=web status=200 ms=4.21 expected=200"))
        .contains(new ClientLine("drain-17", "web", 200, 200));
    assertThat(ClientLine.parse("id=late-1 to=late status=0 ms=4.21 expected=-1"))
        .contains(new ClientLine("late-1", "late", 0, ClientLine.ANY));
    assertThat(ClientLine.parse("something else")).isEmpty();
  }

  @Test
  void findsIdsInTheLogsOfAllServices() {
    var lines =
        Stream.of(
            "id=a-1",
            "10.77.1.1 - - [25/Nov/2026 03:47:23] \"GET /item.json?id=a-2 HTTP/1.1\" 200 -",
            "id=a-2 status=200",
            "Serving HTTP on 0.0.0.0 port 8080",
            "noid=a-3");

    assertThat(LogComparison.ids(lines)).isEqualTo(Map.of("a-1", 1, "a-2", 2));
  }

  @Test
  void agreesWhenEveryInvolvedServiceSawIt() {
    var comparison = compare(List.of(SERVED), Map.of("web", ids("a-1"), "orders", ids("a-1")));

    assertThat(comparison.agree()).isTrue();
    assertThat(comparison.errors()).isZero();
  }

  @Test
  void servedButNeverSeenIsMissing() {
    var comparison = compare(List.of(SERVED), Map.of("web", ids("a-1")));

    assertThat(comparison.agree()).isFalse();
    assertThat(comparison.missing()).isEqualTo(Map.of("orders", 1));
  }

  @Test
  void seenButNeverSentIsStranger() {
    var comparison =
        compare(List.of(SERVED), Map.of("web", ids("a-1", "b-9"), "orders", ids("a-1")));

    assertThat(comparison.agree()).isFalse();
    assertThat(comparison.strangers()).containsExactly("b-9");
  }

  @Test
  void retriesAreCountedAndNoFault() {
    var comparison =
        compare(List.of(SERVED), Map.of("web", ids("a-1"), "orders", Map.of("a-1", 3)));

    assertThat(comparison.agree()).isTrue();
    assertThat(comparison.again()).isEqualTo(Map.of("orders", 2));
  }

  @Test
  void errorsAreAnswersOtherThanTheRightOne() {
    var sent =
        List.of(
            new ClientLine("a-1", "web", 503, 200),
            new ClientLine("a-2", "web", 0, 200),
            new ClientLine("a-3", "nosuch", 404, 404),
            new ClientLine("a-4", "late", 0, ClientLine.ANY));

    assertThat(compare(sent, Map.of()).errors()).isEqualTo(2);
    assertThat(compare(sent, Map.of()).requests()).isEqualTo(4);
    assertThat(compare(sent, Map.of()).agree()).isTrue();
  }

  private static LogComparison compare(
      List<ClientLine> sent, Map<String, Map<String, Integer>> seen) {
    return LogComparison.of(sent, seen, _ -> Set.of("web", "orders"));
  }

  private static Map<String, Integer> ids(String... ids) {
    return LogComparison.ids(Stream.of(ids).map(id -> "id=" + id));
  }
}
