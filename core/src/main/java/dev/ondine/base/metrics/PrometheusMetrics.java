package dev.ondine.base.metrics;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Metrics kept by the Prometheus client library.
 *
 * <p>Series are striped and take no lock, so that event loops may share one. A metric may be asked
 * for repeatedly: it is the same one, provided that its kind and labels are the same.
 */
public final class PrometheusMetrics implements Metrics {
  /**
   * How many series one metric may have. All further label values share one series, whose labels
   * read {@link #OVERFLOW}: a mistake in a label then costs accuracy, not memory.
   */
  public static final int MAX_SERIES = 4_096;

  /** The label value of the series that takes what is beyond {@link #MAX_SERIES}. */
  public static final String OVERFLOW = "_overflow";

  private record Registered(Class<?> kind, List<String> labels, Object metric) {}

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
  private final ConcurrentHashMap<String, Registered> metrics = new ConcurrentHashMap<>();

  @Override
  public Counter counter(String name, String help, String... labels) {
    Supplier<Counter> make =
        () -> {
          var metric =
              io.prometheus.metrics.core.metrics.Counter.builder()
                  .name(name)
                  .help(help)
                  .labelNames(labels)
                  .withoutExemplars()
                  .register(registry);
          var series =
              new Series<Counter>(
                  name, labels.length, values -> new Point.OfCounter(metric.labelValues(values)));
          return labels.length == 0 ? series.with() : new Family.OfCounter(series);
        };
    return once(Counter.class, name, labels, make);
  }

  @Override
  public Gauge gauge(String name, String help, String... labels) {
    Supplier<Gauge> make =
        () -> {
          var metric =
              io.prometheus.metrics.core.metrics.Gauge.builder()
                  .name(name)
                  .help(help)
                  .labelNames(labels)
                  .withoutExemplars()
                  .register(registry);
          var series =
              new Series<Gauge>(
                  name, labels.length, values -> new Point.OfGauge(metric.labelValues(values)));
          return labels.length == 0 ? series.with() : new Family.OfGauge(series);
        };
    return once(Gauge.class, name, labels, make);
  }

  @Override
  public Histogram histogram(String name, String help, double[] bounds, String... labels) {
    Supplier<Histogram> make =
        () -> {
          var metric =
              io.prometheus.metrics.core.metrics.Histogram.builder()
                  .name(name)
                  .help(help)
                  .labelNames(labels)
                  .classicOnly()
                  .classicUpperBounds(bounds)
                  .withoutExemplars()
                  .register(registry);
          var series =
              new Series<Histogram>(
                  name, labels.length, values -> new Point.OfHistogram(metric.labelValues(values)));
          return labels.length == 0 ? series.with() : new Family.OfHistogram(series);
        };
    return once(Histogram.class, name, labels, make);
  }

  @Override
  public String scrape() {
    var out = new ByteArrayOutputStream(16_384);
    try {
      writer.write(out, registry.scrape());
    } catch (IOException e) {
      throw new UncheckedIOException(e); // not when writing to memory
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private <T> T once(Class<T> kind, String name, String[] labels, Supplier<T> make) {
    var wanted = List.of(labels);
    var there = metrics.computeIfAbsent(name, _ -> new Registered(kind, wanted, make.get()));
    if (there.kind() != kind || !there.labels().equals(wanted)) {
      throw new IllegalArgumentException(
          "metric %s is a %s with labels %s already, not a %s with labels %s"
              .formatted(
                  name,
                  there.kind().getSimpleName(),
                  there.labels(),
                  kind.getSimpleName(),
                  wanted));
    }
    return kind.cast(there.metric());
  }
}
