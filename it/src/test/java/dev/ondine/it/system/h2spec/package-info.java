/**
 * {@code ./ondine it h2spec}: the conformance tests of HTTP/2, against a real sidecar before a real
 * server, in the clear and by TLS.
 */
@NullMarked
package dev.ondine.it.system.h2spec;

import org.jspecify.annotations.NullMarked;
