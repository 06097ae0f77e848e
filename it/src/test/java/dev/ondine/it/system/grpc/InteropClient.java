package dev.ondine.it.system.grpc;

import java.util.List;
import java.util.Map;

/**
 * A client of the gRPC project that runs one of its cases for each start.
 *
 * @param name what the table calls it
 * @param cases all that it has
 * @param leftOut the cases that cannot be run here, with the reason
 * @param command how it is started
 */
record InteropClient(
    String name, List<String> cases, Map<String, String> leftOut, Command command) {

  /** The words that run one case against an authority, by way of a port of the loopback address. */
  interface Command {
    List<String> words(String testCase, int port, String authority);
  }
}
