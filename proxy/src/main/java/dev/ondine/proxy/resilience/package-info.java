/**
 * Time-outs, retries, circuit breakers, outlier ejection and load shedding. Each is one layer with
 * its own bounds.
 */
@NullMarked
package dev.ondine.proxy.resilience;

import org.jspecify.annotations.NullMarked;
