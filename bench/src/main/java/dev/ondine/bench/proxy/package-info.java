/**
 * {@code ./ondine bench proxy}: what one request costs our sidecar and Envoy, side by side in one
 * run, each on the same core.
 */
@NullMarked
package dev.ondine.bench.proxy;

import org.jspecify.annotations.NullMarked;
