package dev.ondine.bench.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class LoadTest {
  private static final String OUTPUT =
      """
      Running 8s test @ http://127.0.0.1:40000/
        1 threads and 32 connections
        Thread Stats   Avg      Stdev     Max   +/- Stdev
          Latency     1.61ms  512.05us  20.50ms   90.11%
          Req/Sec    18.42k     1.90k   22.10k    75.00%
        Latency Distribution
           50%  950.00us
           75%    1.71ms
           90%    2.02ms
           99%    1.05s
        147000 requests in 8.00s, 37.10MB read
      Requests/sec:  18375.00
      Transfer/sec:      4.64MB
      """;

  @Test
  void readsRequestsTimeAndLatencies() {
    assertThat(Load.parse(OUTPUT)).isEqualTo(new Load(147_000, 8, 0.95, 1050, 0));
    assertThat(Load.parse(OUTPUT).requestsPerSecond()).isEqualTo(18_375);
  }

  @Test
  void countsBadAnswersAndSocketErrors() {
    var failures =
        """
          Socket errors: connect 1, read 2, write 3, timeout 4
          Non-2xx or 3xx responses: 100
        """;

    assertThat(Load.parse(OUTPUT + failures).failures()).isEqualTo(110);
  }

  @Test
  void refusesWhatIsNoOutputOfWrk() {
    assertThatThrownBy(() -> Load.parse("unable to connect"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("unable to connect");
  }

  @Test
  void requestsForEachCpuSecondComeFromBoth() {
    var sample = new Sample(Load.parse(OUTPUT), 4, 50);

    assertThat(sample.requestsPerCpuSecond()).isEqualTo(36_750);
    assertThat(sample.cpuShare()).isEqualTo(0.5);
  }

  @Test
  void medianIsTheMiddleOrBetweenTheTwo() {
    assertThat(Spread.of(List.of(3.0, 1.0, 2.0))).isEqualTo(new Spread(2, 1, 3));
    assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 3.0))).isEqualTo(new Spread(2.5, 1, 4));
  }
}
