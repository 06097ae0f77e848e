package dev.ondine.cli.demo.world;

import java.util.List;
import java.util.Map;

/**
 * A workload's place in the network.
 *
 * @param address where others reach it
 * @param port that its program listens on
 * @param flags of {@code ondine run}
 * @param enter what is put before a command, so that it runs as the workload's program does
 * @param environment of the program
 * @param loneFlags of {@code ondine proxy}, for a sidecar without a supervisor
 */
record Spot(
    String address,
    int port,
    List<String> flags,
    List<String> enter,
    Map<String, String> environment,
    List<String> loneFlags) {
  Spot {
    flags = List.copyOf(flags);
    enter = List.copyOf(enter);
    environment = Map.copyOf(environment);
    loneFlags = List.copyOf(loneFlags);
  }
}
