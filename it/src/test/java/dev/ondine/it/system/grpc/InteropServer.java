package dev.ondine.it.system.grpc;

import java.util.Map;

/**
 * A running server of the gRPC project.
 *
 * @param name what the table calls it
 * @param port where it listens on the loopback address
 * @param lacks the cases that it cannot serve, with the reason
 */
record InteropServer(String name, int port, Map<String, String> lacks) {}
