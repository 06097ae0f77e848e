package dev.ondine.bench.proxy;

/**
 * What one round of load cost one proxy.
 *
 * @param cpuSeconds used by the proxy's process, all its threads, during the load
 * @param residentMiB held by it right after
 */
record Sample(Load load, double cpuSeconds, double residentMiB) {
  double requestsPerCpuSecond() {
    return load.requests() / cpuSeconds;
  }

  /** How much of its one core it used. */
  double cpuShare() {
    return cpuSeconds / load.seconds();
  }
}
