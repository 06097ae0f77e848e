package dev.ondine.cli.demo.world;

import java.io.IOException;

/** Where workloads run, and where control listens. */
sealed interface Network permits Bridge, Loopback {
  /** Makes what all share. */
  void create() throws DemoException, IOException, InterruptedException;

  /**
   * Makes room for a workload.
   *
   * @param port that its program listens on where it may choose; 0: it has none
   */
  Spot join(String name, int port) throws DemoException, IOException, InterruptedException;

  /** Where sidecars reach control: {@code HOST:PORT}. */
  String xds();

  /** Where control's admin API is: {@code HOST:PORT}. */
  String admin();
}
