package dev.ondine.proxy.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.proxy.http.Headers;
import dev.ondine.proxy.http.HttpExchange;
import dev.ondine.proxy.http.HttpService;
import dev.ondine.proxy.resilience.ClientExchange;
import dev.ondine.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HopCountTest {
  private static final int MAX = 16;

  private final List<HttpExchange> left = new ArrayList<>();
  private final HttpService service = new HopCount(MAX).around(left::add);

  private ClientExchange serve(Headers headers) {
    var exchange = new ClientExchange("GET", headers, Duration.ofHours(1), new ManualClock());
    service.serve(exchange);
    return exchange;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 2",
    "15, 16",
    "a, 1",
    "-5, 1",
    "'', 1",
    "99999999999999999999, 1",
  })
  void eachTimeCounts(String before, String after) {
    serve(Headers.of(HopCount.HEADER, before));

    assertThat(left.getFirst().request().headers().all(HopCount.HEADER)).containsExactly(after);
  }

  @Test
  void theFirstTimeIsSaid() {
    serve(Headers.of());

    assertThat(left.getFirst().request().headers().get(HopCount.HEADER)).isEqualTo("1");
  }

  @ParameterizedTest
  @CsvSource({"16", "9999"})
  void whatComesRoundEnds(String before) {
    var exchange = serve(Headers.of(HopCount.HEADER, before));

    assertThat(exchange.seen()).isEqualTo("failed loop");
    assertThat(left).isEmpty();
  }
}
