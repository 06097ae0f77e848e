package dev.ondine.base.metrics;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;

/** One series, whose labels are settled: what the data path counts with. */
sealed interface Point {
  record OfCounter(CounterDataPoint point) implements Point, Metrics.Counter {
    @Override
    public Metrics.Counter with(String... values) {
      return settled(this, values);
    }

    @Override
    public void add(long amount) {
      point.inc(amount);
    }
  }

  record OfGauge(GaugeDataPoint point) implements Point, Metrics.Gauge {
    @Override
    public Metrics.Gauge with(String... values) {
      return settled(this, values);
    }

    @Override
    public void set(double value) {
      point.set(value);
    }

    @Override
    public void add(double amount) {
      point.inc(amount);
    }
  }

  record OfHistogram(DistributionDataPoint point) implements Point, Metrics.Histogram {
    @Override
    public Metrics.Histogram with(String... values) {
      return settled(this, values);
    }

    @Override
    public void observe(double value) {
      point.observe(value);
    }
  }

  private static <P extends Point> P settled(P point, String... values) {
    if (values.length > 0) {
      throw new IllegalArgumentException("the labels of this series are settled already");
    }
    return point;
  }
}
