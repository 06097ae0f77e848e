/** A real Envoy for system tests and measurements: fetched once, started with a given bootstrap. */
@NullMarked
package dev.ondine.testkit.envoy;

import org.jspecify.annotations.NullMarked;
