package dev.ondine.proxy.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ondine.base.metrics.PrometheusMetrics;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AccessLogWriterTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final PrometheusMetrics metrics = new PrometheusMetrics();
  private final AccessLogWriter writer = new AccessLogWriter(out, metrics);

  @Test
  void whatWasQueuedIsWrittenBeforeTheEnd() {
    writer.start();
    writer.offer(entry("/"));
    writer.stop();
    assertThat(written())
        .isEqualTo(
            """
            {"time":"2026-11-23T09:00:00Z","direction":"outbound","method":"GET",\
            "authority":"orders","path":"/","protocol":"HTTP/1.1","status":503,\
            "reason":"discovery_timeout","service":"orders.shop.mesh","tries":0,\
            "bytes_received":0,"bytes_sent":12,"duration_ms":2001.5,"discovery_wait_ms":2000.0}
            """);
  }

  @Test
  void aCallersTextCannotForgeALine() {
    writer.start();
    writer.offer(entry("/\"},\n{\\\u0001\u007f"));
    writer.stop();
    assertThat(written().lines()).hasSize(1);
    assertThat(written()).contains("\"path\":\"/\\\"},\\u000a{\\\\\\u0001\\u007f\"");
  }

  @Test
  void aFullQueueDropsAndCounts() {
    for (var i = 0; i < 10_000; i++) {
      writer.offer(entry("/"));
    }
    writer.start();
    writer.stop();
    assertThat(written().lines()).hasSize(8_192);
    assertThat(metrics.scrape()).contains("ondine_access_log_dropped_total 1808");
  }

  private String written() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private static AccessLogEntry entry(String path) {
    return new AccessLogEntry(
        Instant.parse("2026-11-23T09:00:00Z"),
        "outbound",
        "GET",
        "orders",
        path,
        "",
        "HTTP/1.1",
        503,
        "discovery_timeout",
        "",
        "",
        "orders.shop.mesh",
        "",
        "",
        "",
        "",
        "",
        "",
        0,
        0,
        12,
        2_001_500_000,
        2_000_000_000);
  }
}
