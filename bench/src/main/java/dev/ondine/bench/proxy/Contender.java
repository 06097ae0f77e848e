package dev.ondine.bench.proxy;

import dev.ondine.testkit.process.Child;

/**
 * A proxy to be measured.
 *
 * @param port where it takes HTTP/1.1 requests for {@link Workplace#SERVICE}
 */
record Contender(String name, Child process, int port) {}
