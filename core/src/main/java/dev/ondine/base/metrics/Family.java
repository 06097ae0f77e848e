package dev.ondine.base.metrics;

/** A metric with labels, which is counted with once {@code with} has settled their values. */
sealed interface Family<S> {
  /** Its series by label values. */
  Series<S> series();

  /** That the caller forgot {@code with}. */
  default IllegalStateException unsettled() {
    return new IllegalStateException(
        "metric " + series().metric() + " has labels: call with(…) first");
  }

  record OfCounter(Series<Metrics.Counter> series)
      implements Family<Metrics.Counter>, Metrics.Counter {
    @Override
    public Metrics.Counter with(String... values) {
      return series.with(values);
    }

    @Override
    public void add(long amount) {
      throw unsettled();
    }
  }

  record OfGauge(Series<Metrics.Gauge> series) implements Family<Metrics.Gauge>, Metrics.Gauge {
    @Override
    public Metrics.Gauge with(String... values) {
      return series.with(values);
    }

    @Override
    public void set(double value) {
      throw unsettled();
    }

    @Override
    public void add(double amount) {
      throw unsettled();
    }
  }

  record OfHistogram(Series<Metrics.Histogram> series)
      implements Family<Metrics.Histogram>, Metrics.Histogram {
    @Override
    public Metrics.Histogram with(String... values) {
      return series.with(values);
    }

    @Override
    public void observe(double value) {
      throw unsettled();
    }
  }
}
